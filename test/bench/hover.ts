import path from 'node:path';
import type { Hover, MarkdownString, Position } from 'vscode';
import type { SourceReading } from '../../src/core/source/definition';
import { matchSource } from '../../src/core/source/matchSource';
import type { IndexedDocument } from '../../src/host/codeIndex';
import { layerHover } from '../../src/host/source/layerHover';
import { layerPreviews } from '../../src/host/source/layerPreviews';
import { preparedLayers } from '../../src/host/source/preparedLayers';
import { median, valueOf, withEngine } from './measure';
import { root } from './models';

/** Milliseconds from a place in the code to the Markdown of its hover: of the layer that takes longest, median of the repeats. */
export interface HoverTimes {
  /** The preview came when the document was read. */
  readonly prepared: number;
  /** It has to be asked for: the engine, which has the model open, draws the sheet and encodes it. */
  readonly asked: number;
}

/** Hovers over every layer of the bundled model, in the file that defines it, with a real engine process. */
export function measureHovers(reading: SourceReading, repeats: number): Promise<HoverTimes> {
  const model = path.join(root, 'media/zfnet/zfnet.onnx');
  return withEngine(path.join(root, 'dist/engine.js'), async ({ peer }) => {
    const summary = valueOf(await peer.call('openModel', { model }));
    const match = matchSource(reading, summary.layers);
    const indexed = { reading, match, model: summary } as unknown as IndexedDocument;
    const rest = {
      activity: { get: () => undefined, recorded: () => undefined, projected: () => undefined },
      top: preparedLayers<never>(async () => undefined),
    };
    const [prepared, asked]: [number[], number[]] = [[], []];
    for (const { definition, layer } of match.layers) {
      const times: [number[], number[]] = [[], []];
      for (let i = 0; i <= repeats; i++) {
        const knowledge = { ...rest, previews: layerPreviews(peer, () => undefined) };
        const hover = () =>
          timed(async () => {
            const { start } = definition.range;
            const shown = await layerHover(indexed, start as Position, knowledge, {
              topIndexes: { latest: () => undefined },
              told: [],
            });
            requireLayer(shown, layer);
          });
        const [first, second] = [await hover(), await hover()];
        // The first answer of all warms the process up.
        if (i === 0) continue;
        times[1].push(first);
        times[0].push(second);
      }
      prepared.push(median(times[0]));
      asked.push(median(times[1]));
    }
    return { prepared: Math.max(...prepared), asked: Math.max(...asked) };
  });
}

/** What is measured shows the layer, and fits the Markdown of a hover. */
function requireLayer(hover: Hover | undefined, layer: string): void {
  const { value } = hover?.contents as unknown as MarkdownString;
  if (!value.includes(layer) || value.length > 100_000) throw new Error(`No hover for ${layer}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
