/**
 * How a tensor depends on another along one axis: position p depends on the positions `start + stride * p` to
 * `start + stride * p + extent - 1`. What lies outside the other tensor is padding.
 */
export interface Footprint {
  readonly stride: number;
  /** Never positive: a window that starts behind position 0 would leave positions out. */
  readonly start: number;
  readonly extent: number;
}

/** Along rows and columns. */
export interface Footprints {
  readonly y: Footprint;
  readonly x: Footprint;
}

/** Positions `first … last`, both included. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

const own: Footprint = { stride: 1, start: 0, extent: 1 };

/** Of a tensor on itself. */
export const ownFootprints: Footprints = { y: own, x: own };

/** Of a tensor on the one that `below` leads to, by way of the tensor in between. */
export function compose(above: Footprint, below: Footprint): Footprint {
  return {
    stride: above.stride * below.stride,
    start: below.stride * above.start + below.start,
    extent: below.stride * (above.extent - 1) + below.extent,
  };
}

/** Both ways of dependence together; undefined where they move apart, so that no one footprint holds both. */
export function join(a: Footprint, b: Footprint): Footprint | undefined {
  if (a.stride !== b.stride) return undefined;
  const start = Math.min(a.start, b.start);
  return { stride: a.stride, start, extent: Math.max(a.start + a.extent, b.start + b.extent) - start };
}

/** The positions among `length` that depend on any of `changed`; the nearest one where none does. */
export function affected({ stride, start, extent }: Footprint, changed: Span, length: number): Span {
  const within = (position: number): number => Math.max(0, Math.min(length - 1, position));
  const first = within(Math.ceil((changed.first - start - extent + 1) / stride));
  const last = within(Math.floor((changed.last - start) / stride));
  return { first, last: Math.max(first, last) };
}
