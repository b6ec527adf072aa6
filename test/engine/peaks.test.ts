import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/core/graph/graph';
import { peakNames, withPeaks } from '../../src/core/rewrite/peaks';
import { argMax } from '../../src/core/tensor/argMax';
import { floatTensor, toFloat32 } from '../../src/core/tensor/tensor';
import { seededRandom } from '../support/random';
import { runtimes } from '../support/runtimes';

const images = 3;

/** Maps that are the image's channels with their sign turned. */
function turned(maps: number, height: number, width: number): Graph {
  const type = 'float32';
  return {
    name: 'turned',
    opset: 13,
    domains: new Map(),
    metadata: new Map(),
    inputs: [{ name: 'image', type, shape: [null, maps, height, width] }],
    outputs: [{ name: 'maps', type, shape: null }],
    constants: new Map(),
    nodes: [
      { name: 'turn', op: 'Neg', domain: '', inputs: ['image'], outputs: ['maps'], attributes: new Map() },
    ],
  };
}

describe.each(runtimes)('the strongest activation of every map in %s', (_, open) => {
  it.each([
    [4, 6, 9],
    [3, 9, 2],
    [2, 1, 8],
    [2, 7, 1],
  ])('is the first of equal ones in row-major order: %i maps of %ix%i', async (maps, height, width) => {
    const plane = height * width;
    const random = seededRandom(height);
    // Few values, so that most maps have their maximum many times, in several rows and columns.
    const image = Float32Array.from({ length: images * maps * plane }, () => Math.floor(4 * random()) - 1);
    const names = peakNames('maps', { height, width });
    const grid = { maps, height, width };
    const graph = withPeaks(turned(maps, height, width), [], new Map([['maps', grid]]));
    const session = await (await open()).open(graph);
    const fed = new Map([['image', floatTensor([images, maps, height, width], image)]]);
    const found = await session.run(fed, [names.maxima, names.positions!]);
    await session.close();
    const values = image.map((value) => -value);
    const best = Array.from({ length: images * maps }, (_, map) => argMax(values, map * plane, plane));
    expect([...toFloat32(found.get(names.positions!)!)]).toEqual(best);
    const maxima = best.map((position, map) => values[map * plane + position]!);
    expect([...toFloat32(found.get(names.maxima)!)]).toEqual(maxima);
  });
});
