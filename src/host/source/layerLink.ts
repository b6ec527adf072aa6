import type { CommandId } from '../names';

/** Commands about a layer that hovers and pins link to. */
export const layerCommands = [
  'switchback.showLayer',
  'switchback.showTopActivations',
  'switchback.pinLayer',
] as const satisfies readonly CommandId[];

export type LayerCommand = (typeof layerCommands)[number];

/** The address of a link that calls a command with a layer; brackets would end a link of Markdown. */
export function layerLink(command: LayerCommand, model: string, layer: string): string {
  const argument = encodeURIComponent(JSON.stringify([{ model, layer }])).replace(/[()]/g, (bracket) =>
    bracket === '(' ? '%28' : '%29',
  );
  return `command:${command}?${argument}`;
}
