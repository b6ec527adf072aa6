import path from 'node:path';
import type { SourceReading } from '../../src/core/source/definition';
import type { Program } from '../../src/core/source/program';
import { readPrograms } from '../../src/core/source/readPrograms';
import { openGrammars, type Grammar } from '../../src/host/source/grammars';
import { lowerText } from '../../src/host/source/lowerText';

const grammars = openGrammars(
  path.resolve(import.meta.dirname, '../../node_modules/@vscode/tree-sitter-wasm/wasm'),
);

/** What is read in a text that stands for a file. */
export async function readSource(text: string, grammar: Grammar = 'python'): Promise<SourceReading> {
  return readPrograms([await lowerSource(text, grammar)])[0]!;
}

export async function lowerSource(text: string, grammar: Grammar = 'python'): Promise<Program> {
  const parse = await grammars(grammar);
  const tree = parse(text)!;
  const { program, mended } = lowerText(text, { tree, parse, grammar });
  mended?.tree.delete();
  tree.delete();
  return program;
}

/** The layers with weights of one model, in its order: `features.0 3>64 11x11/4x4`. */
export function weightedLayers(reading: SourceReading, name: string): string[] {
  const index = reading.models.findIndex((model) => model.name === name);
  return reading.definitions
    .filter(({ kind }) => kind === 'convolution' || kind === 'dense' || kind === 'transposedConvolution')
    .flatMap(({ uses }) => uses.filter(({ model }) => model === index))
    .sort((a, b) => a.order - b.order)
    .map(({ path: layer, arguments: given }) => {
      const { inChannels = '?', outChannels = '?', kernel, stride } = given;
      return `${layer} ${inChannels}>${outChannels} ${kernel?.join('x') ?? ''}/${stride?.join('x') ?? ''}`;
    });
}
