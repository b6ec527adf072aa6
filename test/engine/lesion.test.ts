import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LesionAnswer, LesionPlan, LesionRequest } from '../../src/protocol/lesion';
import { featureNet } from '../support/featureNet';
import { smallNet } from '../support/smallNet';
import { context, newService, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();

beforeAll(async () => {
  writeModel(file('small.onnx'), smallNet());
  writeModel(file('features.onnx'), featureNet());
  await writePicture(file('waves.png'));
});

const request = (more: Partial<LesionRequest> = {}): LesionRequest => ({
  model: file('small.onnx'),
  image: file('waves.png'),
  mode: 'zero',
  lesions: { mapsOf: 'conv2' },
  ...more,
});

async function lesion(asked: LesionRequest) {
  let plan: LesionPlan | undefined;
  const answers: LesionAnswer[] = [];
  await service.handlers.lesion(
    asked,
    context((value) => {
      if (value.kind === 'plan') plan = value.plan;
      else answers.push(...value.answers);
    }),
  );
  return { plan: plan!, answers };
}

describe('lesions of a picture', () => {
  it('of every map of a layer come in order, beside what the whole network answers', async () => {
    const { plan, answers } = await lesion(request());
    const { top } = await service.handlers.record(request(), context());
    expect(plan.label).toBe(top[0]!.index);
    expect(plan.clean.probability).toBeCloseTo(top[0]!.probability, 5);
    expect(plan.clean.top.slice(0, 4)).toEqual(top.map(({ index }) => index));
    expect(plan.lesions.map(([choice]) => choice)).toEqual(
      Array.from({ length: 16 }, (_, map) => ({ layer: 'conv2', maps: [map] })),
    );
    expect(answers).toHaveLength(16);
    expect(new Set(answers.map(({ probability }) => probability)).size).toBeGreaterThan(8);
  });

  it('of nothing change nothing, and of whole layers leave what biases alone answer', async () => {
    const { plan, answers } = await lesion(request({ lesions: [[], [{ layer: 'conv3', maps: 'all' }]] }));
    expect(answers[0]!.probability).toBeCloseTo(plan.clean.probability, 6);
    expect(answers[1]!.probability).not.toBeCloseTo(plan.clean.probability, 3);
    const layers = await lesion(request({ lesions: 'layers' }));
    expect(layers.plan.lesions.map(([choice]) => choice?.layer)).toEqual(['conv1', 'conv2', 'conv3', 'fc4']);
    expect(layers.answers[2]!.probability).toBeCloseTo(answers[1]!.probability, 6);
  });

  it('go on where an interrupted run was', async () => {
    const whole = await lesion(request());
    const rest = await lesion(request({ known: { key: whole.plan.key, count: 10 } }));
    expect(rest.answers).toHaveLength(6);
    rest.answers.forEach(({ probability }, i) =>
      expect(probability).toBeCloseTo(whole.answers[10 + i]!.probability, 6),
    );
    const other = await lesion(request({ known: { key: whole.plan.key, count: 10 }, mode: 'mean' }));
    expect(other.answers).toHaveLength(16);
  });

  it.each([
    ['a model without a classifier', { model: 'features.onnx' }, 'no-classifier'],
    ['a layer that is not there', { lesions: { mapsOf: 'conv9' } }, 'unknown-layer'],
    ['a map that is not there', { lesions: [[{ layer: 'conv2', maps: [16] }]] }, 'no-such-unit'],
    ['a class that is not there', { label: 4 }, 'unknown-label'],
  ] as const)('refuse %s with a sentence', async (_, wrong, code) => {
    const asked = request('model' in wrong ? { model: file(wrong.model) } : wrong);
    await expect(lesion(asked)).rejects.toMatchObject({ code });
  });
});
