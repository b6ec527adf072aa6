// Table 1 of the paper on frontal dogs, at all layers, into CORRESPONDENCE.md: npm run correspondence
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  comparisonFacts,
  comparisonSentences,
  comparisonTables,
} from '../../src/core/experiments/correspondence/report';
import { summariseDeltas } from '../../src/core/experiments/correspondence/summary';
import { partNames } from '../../src/core/formats/partChanges';
import { DEFAULT_SIZE, parseParts } from '../../src/core/formats/parts';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import { createService } from '../../src/engine/service';
import type { CorrespondencePlan, CorrespondenceStep } from '../../src/protocol/correspondence';
import { root } from './models';
import { table } from './tables';

const DRAWS = 99;
const SEED = 1;

const shared = path.join(root, '../shared');
const dogs = path.join(shared, 'data/dogs');
const models = [
  { name: 'GoogLeNet', file: path.join(shared, 'models/googlenet.onnx') },
  { name: 'SqueezeNet 1.1', file: path.join(shared, 'models/squeezenet1.1.onnx') },
];

const introduction = `# Correspondence of parts in dogs

Written by \`npm run correspondence\`: section 4.4 and table 1 of Zeiler & Fergus, with twelve frontal dogs of ImageNet whose eyes and
nose were annotated by eye, and networks other than the paper's. The same part is covered in every picture; Δ is the share of
features whose change differs in sign, over all pairs of pictures. A part is called below or above random places where, of ${DRAWS} draws and the
part itself, at most one in forty is as far out on that side: a two-sided test at 0.05. Nothing is corrected for the number of layers and
parts; how many findings chance alone would give stands below each table.

The paper's claim is that at its layer 5 eyes and nose lie below random places and at layer 7, the last hidden one, nothing differs. What
comes out here:
`;

const service = createService(onnxRuntime({ threads: 0 }));
const sections: string[] = [];
for (const { name, file } of models) sections.push(await section(name, file));
writeFileSync(path.join(root, 'CORRESPONDENCE.md'), `${introduction}\n${sections.join('\n\n')}\n`);

async function section(name: string, model: string): Promise<string> {
  const { images, size } = parseParts(readFileSync(path.join(dogs, 'annotations.json'), 'utf8'), 'annotations.json'); // prettier-ignore
  const parts = partNames({ images, size, rest: {} });
  let plan: CorrespondencePlan | undefined;
  const steps: CorrespondenceStep[] = [];
  const asked = { parts, size: size ?? DEFAULT_SIZE, draws: DRAWS, seed: SEED };
  await service.handlers.correspondence(
    {
      model,
      images: images.map((image) => ({ image: path.join(dogs, image.file), parts: Object.fromEntries(image.parts) })), // prettier-ignore
      ...asked,
    },
    {
      signal: new AbortController().signal,
      progress: async (value) => {
        if (value.kind === 'plan') plan = value.plan;
        else console.error(`${name}: ${steps.push(value.step)} of ${parts.length + DRAWS}`);
      },
    },
  );
  const { images: compared, layers, notes, modelHash } = plan!;
  const comparison = { ...asked, images: compared, deltas: summariseDeltas(steps, layers) };
  const { head, rows } = comparisonTables(comparison)[0]!;
  const facts = [['SHA-256 of the model', modelHash] as const, ...comparisonFacts(comparison)];
  return [
    `## ${name}`,
    [...comparisonSentences(comparison), ...notes].map((sentence) => `- ${sentence}`).join('\n'),
    table([head, ...rows.map((row) => row.map(String))]),
    facts.map(([fact, value]) => `${fact}: ${value}.`).join('\n'),
  ].join('\n\n');
}
