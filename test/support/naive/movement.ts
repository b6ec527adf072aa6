import { attributeOrInput, axisOf, input, numberOf, numbersOf, stringOf } from './site';
import type { NaiveOperator, Site } from './site';
import { fill, flatOf, positionOf, sizeOf, vector, zeros } from './values';
import type { Values } from './values';

/** Where one value of an output comes from: an element of an input, or a constant. */
type Source = { readonly operand: number; readonly flat: number } | { readonly constant: number };

/** One output of an operator that only moves values about. */
interface Moved {
  readonly dims: readonly number[];
  readonly source: (position: number[], flat: number) => Source;
}

/** Forward each value is fetched from its source, on the way down each signal is added to it. */
function movement(outputsOf: (site: Site) => readonly Moved[]): NaiveOperator {
  return {
    forward: (site) =>
      outputsOf(site).map(({ dims, source }) =>
        fill(dims, (position, flat) => {
          const from = source(position, flat);
          return 'constant' in from ? from.constant : input(site, from.operand).data[from.flat]!;
        }),
      ),
    down(site) {
      const results = site.inputs.map((values, i) =>
        values && site.varies[i] ? zeros(values.dims) : undefined,
      );
      outputsOf(site).forEach(({ dims, source }, output) => {
        site.signals[output]?.data.forEach((value, flat) => {
          const from = source(positionOf(flat, dims), flat);
          if ('constant' in from) return;
          const result = results[from.operand];
          if (result) result.data[from.flat]! += value;
        });
      });
      return results;
    },
  };
}

/** The same values in other dimensions. */
function reshaped(dimsOf: (site: Site) => readonly number[]): NaiveOperator {
  return movement((site) => [{ dims: dimsOf(site), source: (_, flat) => ({ operand: 0, flat }) }]);
}

export const flatten = reshaped((site) => {
  const { dims } = input(site, 0);
  const axis = axisOf(site, dims.length, 1);
  return [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))];
});

export const reshape = reshaped((site) => {
  const { dims } = input(site, 0);
  const zeroCopies = numberOf(site, 'allowzero', 0) === 0;
  const wanted = Array.from(input(site, 1).data, (dim, axis) =>
    dim === 0 && zeroCopies ? dims[axis]! : dim,
  );
  const known = wanted.reduce((size, dim) => (dim === -1 ? size : size * dim), 1);
  return wanted.map((dim) => (dim === -1 ? sizeOf(dims) / known : dim));
});

export const squeeze = reshaped((site) => {
  const { dims } = input(site, 0);
  const axes = attributeOrInput(site, 'axes', 1)?.map((axis) => (axis < 0 ? axis + dims.length : axis));
  return dims.filter((dim, axis) => (axes ? !axes.includes(axis) : dim !== 1));
});

export const unsqueeze = reshaped((site) => {
  const axes = attributeOrInput(site, 'axes', 1) ?? [];
  const rest = [...input(site, 0).dims];
  const rank = rest.length + axes.length;
  const added = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  return Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : rest.shift()!));
});

export const transpose = movement((site) => {
  const { dims } = input(site, 0);
  const order = numbersOf(site, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis);
  return [
    {
      dims: order.map((axis) => dims[axis]!),
      source: (position) => ({
        operand: 0,
        flat: flatOf(
          dims.map((_, axis) => position[order.indexOf(axis)]!),
          dims,
        ),
      }),
    },
  ];
});

export const concat = movement((site) => {
  const parts = site.inputs.map((_, i) => input(site, i).dims);
  const axis = axisOf(site, parts[0]!.length, 1);
  const total = parts.reduce((sum, dims) => sum + dims[axis]!, 0);
  return [
    {
      dims: parts[0]!.map((dim, i) => (i === axis ? total : dim)),
      source: (position) => {
        let operand = 0;
        let place = position[axis]!;
        while (place >= parts[operand]![axis]!) place -= parts[operand++]![axis]!;
        return { operand, flat: flatOf(replaced(position, axis, place), parts[operand]!) };
      },
    },
  ];
});

export const split = movement((site) => {
  const { dims } = input(site, 0);
  const axis = axisOf(site, dims.length, 0);
  const count = site.node.outputs.length;
  const even = Math.ceil(dims[axis]! / count);
  const sizes =
    attributeOrInput(site, 'split', 1) ??
    Array.from({ length: count }, (_, i) => Math.min(even, dims[axis]! - i * even));
  return sizes.map((size, i) => {
    const start = sizes.slice(0, i).reduce((sum, length) => sum + length, 0);
    return {
      dims: dims.map((dim, at) => (at === axis ? size : dim)),
      source: (position) => ({
        operand: 0,
        flat: flatOf(replaced(position, axis, position[axis]! + start), dims),
      }),
    };
  });
});

export const slice = movement((site) => {
  const { dims } = input(site, 0);
  const starts = attributeOrInput(site, 'starts', 1) ?? [];
  const ends = attributeOrInput(site, 'ends', 2) ?? [];
  const axes = attributeOrInput(site, 'axes', 3) ?? starts.map((_, axis) => axis);
  const steps = site.inputs[4] ? Array.from(site.inputs[4].data) : starts.map(() => 1);
  const places = dims.map((dim) => Array.from({ length: dim }, (_, i) => i));
  axes.forEach((axis, i) => {
    const at = axis < 0 ? axis + dims.length : axis;
    places[at] = range(dims[at]!, starts[i]!, ends[i]!, steps[i]!);
  });
  return [
    {
      dims: places.map((kept) => kept.length),
      source: (position) => ({
        operand: 0,
        flat: flatOf(
          position.map((place, axis) => places[axis]![place]!),
          dims,
        ),
      }),
    },
  ];
});

/** What a frame of left, top, right and bottom leaves; or, beside a size, what begins at left and top. */
export const crop = movement((site) => {
  const { dims } = input(site, 0);
  const [left, top, right, bottom] = numbersOf(site, 'border') as [number, number, number, number];
  const [height, width] = numbersOf(site, 'scale') ?? [dims[2]! - top - bottom, dims[3]! - left - right];
  return [
    {
      dims: [dims[0]!, dims[1]!, height!, width!],
      source: ([n, c, y, x]) => ({ operand: 0, flat: flatOf([n!, c!, y! + top, x! + left], dims) }),
    },
  ];
});

/** The indices that Python's `start:end:step` keeps of an axis. */
function range(dim: number, start: number, end: number, step: number): number[] {
  const wrap = (index: number) => (index < 0 ? index + dim : index);
  const kept: number[] = [];
  if (step > 0) {
    for (let i = Math.max(0, wrap(start)); i < Math.min(dim, wrap(end)); i += step) kept.push(i);
  } else {
    for (let i = Math.min(dim - 1, wrap(start)); i > Math.max(-1, wrap(end)); i += step) kept.push(i);
  }
  return kept;
}

export const pad = movement((site) => {
  const { dims } = input(site, 0);
  const given = attributeOrInput(site, 'pads', 1) ?? [];
  const axes = site.inputs[3] ? Array.from(site.inputs[3].data) : dims.map((_, axis) => axis);
  const at = (axis: number, end: 0 | 1) => {
    const i = axes.findIndex((candidate) => (candidate < 0 ? candidate + dims.length : candidate) === axis);
    return i < 0 ? 0 : given[i + end * axes.length]!;
  };
  const mode = stringOf(site, 'mode', 'constant');
  const constant = site.inputs[2]?.data[0] ?? numberOf(site, 'value', 0);
  return [
    {
      dims: dims.map((dim, axis) => dim + at(axis, 0) + at(axis, 1)),
      source: (position) => {
        const place = position.map((i, axis) => within(i - at(axis, 0), dims[axis]!, mode));
        if (place.some((i) => i === undefined)) return { constant };
        return { operand: 0, flat: flatOf(place as number[], dims) };
      },
    },
  ];
});

function within(place: number, dim: number, mode: string): number | undefined {
  if (place >= 0 && place < dim) return place;
  if (mode === 'constant') return undefined;
  if (mode === 'edge') return place < 0 ? 0 : dim - 1;
  if (mode === 'reflect') return place < 0 ? -place : 2 * (dim - 1) - place;
  throw new Error(`Pad mode ${mode}`);
}

export const gather = movement((site) => {
  const { dims } = input(site, 0);
  const indices = input(site, 1);
  const axis = axisOf(site, dims.length, 0);
  return [
    {
      dims: [...dims.slice(0, axis), ...indices.dims, ...dims.slice(axis + 1)],
      source: (position) => {
        const index = indices.data[flatOf(position.slice(axis, axis + indices.dims.length), indices.dims)]!;
        const after = position.slice(axis + indices.dims.length);
        const place = [...position.slice(0, axis), index < 0 ? index + dims[axis]! : index, ...after];
        return { operand: 0, flat: flatOf(place, dims) };
      },
    },
  ];
});

/** A tensor's dimensions: they do not depend on what is in the image. */
export const shape: NaiveOperator = {
  forward: (site): Values[] => [vector(input(site, 0).dims)],
  down: () => [undefined],
};

function replaced(position: readonly number[], axis: number, place: number): number[] {
  return position.map((old, i) => (i === axis ? place : old));
}
