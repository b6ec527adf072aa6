// Measures what a key press costs in long files of code and writes the figures into the README: npm run bench:source
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { decodeOnnx } from '../../src/core/formats/onnx/decode';
import { traitsOf } from '../../src/core/graph/layerTraits';
import { openNetwork } from '../../src/core/network';
import type { SourceReading } from '../../src/core/source/definition';
import type { Interpretation } from '../../src/core/source/interpret/findModels';
import type { GraphLayer } from '../../src/core/source/match';
import { matchSource } from '../../src/core/source/matchSource';
import { readAgain } from '../../src/core/source/readPrograms';
import { openGrammars, type Tree } from '../../src/host/source/grammars';
import { lowerText, type LoweredText } from '../../src/host/source/lowerText';
import { editedCall, longSource, typedCharacter } from '../support/longSource';
import { measureHovers } from './hover';
import { median } from './measure';
import { root } from './models';
import { report } from './readme';
import { table } from './tables';

const LINES = 5000;
const REPEATS = 15;

/** Debian's python3-torchvision. */
const torchvision = '/usr/lib/python3/dist-packages/torchvision/models';
const files = [
  'alexnet',
  'vgg',
  'resnet',
  'squeezenet',
  'densenet',
  'googlenet',
  'mobilenetv2',
  'efficientnet',
];

const steps = [
  'parse',
  'mend, lower to a small program',
  'look for models',
  'match with the loaded model',
] as const;

type Times = Readonly<Record<(typeof steps)[number], number>>;

const zfnetSource = readFileSync(path.join(root, 'media/samples/zfnet.py'), 'utf8');
const parse = await openGrammars(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'))('python');
const layers = layersOf(path.join(root, 'media/zfnet/zfnet.onnx'));

const sound = [
  {
    name: 'many small networks and ZFNet',
    text: longSource(LINES, `\n${zfnetSource}`),
    at: editedCall,
  },
  ...(existsSync(torchvision)
    ? [
        {
          name: `${files.length} of torchvision's files in one`,
          text: files.map((file) => readFileSync(path.join(torchvision, `${file}.py`), 'utf8')).join('\n'),
          at: 'nn.Linear(4096, ',
        },
      ]
    : []),
];
/** The same with the call that is typed in not closed. */
const broken = sound.map(({ name, text, at }) => {
  const typed = text.indexOf(at) + at.length;
  const end = text.indexOf('\n', typed);
  return { name: `${name}, with a call not closed`, text: text.slice(0, typed) + text.slice(end), at };
});
const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
report(
  'source',
  [
    `Measured by \`npm run bench:source\` on ${machine}. Medians of ${REPEATS}.`,
    ...[...sound, ...broken].map(({ name, text, at }) => tableOf(name, text, at)),
    await hoverTable(),
  ].join('\n\n'),
);

/** A digit is typed and taken away again, in turn with reading all anew. */
function tableOf(name: string, text: string, at: string): string {
  const index = text.indexOf(at) + at.length;
  const texts = [`${text.slice(0, index)}1${text.slice(index)}`, text];
  const [whole, pressed]: [Times[], Times[]] = [[], []];
  const typed = typedCharacter(text, index);
  const deleted = {
    ...typed,
    oldEndIndex: typed.newEndIndex,
    newEndIndex: typed.oldEndIndex,
    oldEndPosition: typed.newEndPosition,
    newEndPosition: typed.oldEndPosition,
  };
  let before = read(text);
  for (let i = 0; i < REPEATS; i++) {
    const now = texts[i % 2]!;
    before.tree.edit(i % 2 === 0 ? typed : deleted);
    const after = read(now, before);
    before.tree.delete();
    pressed.push(after.times);
    before = after;
    const anew = read(now);
    forget(anew);
    whole.push(anew.times);
  }
  forget(before);
  const rows = steps.map((step) => row(step, (times) => times[step]));
  const sum = (times: Times) => steps.reduce((total, step) => total + times[step], 0);
  function row(label: string, of: (times: Times) => number): string[] {
    const [all, one] = [median(whole.map(of)), median(pressed.map(of))];
    return [label, ms(all), ms(one), `${(all / one).toFixed(1)}x`];
  }
  const title = `${name}: ${text.split('\n').length} lines`;
  return table([[title, 'read anew', 'after a key press', 'ratio'], ...rows, row('all', sum)]);
}

/** What makes reading again quick. */
interface Kept {
  readonly tree: Tree;
  readonly lowered: LoweredText;
  readonly interpretation: Interpretation;
  readonly readings: readonly SourceReading[];
}

function read(text: string, before?: Kept): Kept & { readonly times: Times } {
  const marks = [performance.now()];
  const mark = <T>(result: T): T => {
    marks.push(performance.now());
    return result;
  };
  const tree = mark(parse(text, before?.tree)!);
  const lowered = mark(lowerText(text, { tree, parse, grammar: 'python' }, before?.lowered));
  const { readings, interpretation } = mark(readAgain([lowered.program], before?.interpretation));
  mark(matchSource(readings[0]!, layers));
  const times = Object.fromEntries(steps.map((step, i) => [step, marks[i + 1]! - marks[i]!])) as Times;
  return { tree, lowered, interpretation, readings, times };
}

function forget({ tree, lowered }: Kept): void {
  tree.delete();
  lowered.mended?.tree.delete();
}

/** In the long file with ZFNet, whose layers are found among all others. */
async function hoverTable(): Promise<string> {
  const { tree, readings } = read(sound[0]!.text);
  tree.delete();
  const { prepared, asked } = await measureHovers(readings[0]!, REPEATS);
  return table([
    ['From a place in the first file to the finished hover, the slowest layer', ''],
    ['preview prepared when the document was read', ms(prepared)],
    ['preview asked of the engine, which draws and encodes it', ms(asked)],
  ]);
}

function layersOf(model: string): GraphLayer[] {
  const { graph } = decodeOnnx(readFileSync(model));
  const network = openNetwork(graph);
  return network.layers.map((layer) => ({ label: layer.label, traits: traitsOf(layer, network.resolved) }));
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(value < 1 ? 2 : 1) : Math.round(value)} ms`;
}
