/** A smooth function at one place. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface MinimiseOptions {
  /** Ends when the gradient's norm is below this part of its norm at the start of all. */
  readonly tolerance: number;
  readonly iterations: number;
  readonly signal?: AbortSignal | undefined;
}

/** Pairs of steps and gradient changes that stand for the curvature. */
const MEMORY = 10;
/** Weak Wolfe conditions: how much of the slope a step must gain, and how much of it may be left. */
const GAIN = 1e-4;
const LEFT = 0.9;
const TRIALS = 30;
/** Near the end a step gains less than values computed in single precision can show; then the slope alone decides. */
const ROUNDING = 2 ** -23;

/**
 * Minimises a convex smooth function of many variables from `start` (L-BFGS: Liu & Nocedal 1989; the step length by
 * bisection to the weak Wolfe conditions: Lewis & Overton 2013). Returns the best place; ends early where rounding lets
 * no step gain anything. Throws when `signal` aborts.
 */
export async function minimise(
  slopeAt: (place: Float64Array) => Promise<Slope>,
  start: Float64Array,
  { tolerance, iterations, signal }: MinimiseOptions,
): Promise<Float64Array> {
  const pairs: Pair[] = [];
  let place = start;
  let slope = await slopeAt(place);
  const enough = tolerance * (await normAtZero(slopeAt, start, slope));
  for (let i = 0; i < iterations && norm(slope.gradient) > enough; i++) {
    signal?.throwIfAborted();
    const direction = descent(slope.gradient, pairs);
    const first = pairs.length === 0 ? 1 / norm(slope.gradient) : 1;
    const next = await search(slopeAt, { place, slope, direction, first });
    if (!next) break;
    remember(pairs, difference(next.place, place), difference(next.slope.gradient, slope.gradient));
    ({ place, slope } = next);
  }
  return place;
}

/** A warm start lies where the gradient is small already, so its own norm is no measure. */
async function normAtZero(
  slopeAt: (place: Float64Array) => Promise<Slope>,
  start: Float64Array,
  slope: Slope,
): Promise<number> {
  if (start.every((value) => value === 0)) return norm(slope.gradient);
  return norm((await slopeAt(new Float64Array(start.length))).gradient);
}

/** A step and how the gradient changed by it. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

function remember(pairs: Pair[], step: Float64Array, change: Float64Array): void {
  const product = dot(step, change);
  if (!(product > 0)) return;
  pairs.push({ step, change, product });
  if (pairs.length > MEMORY) pairs.shift();
}

/** The negative gradient times the inverse curvature that the pairs stand for (the two-loop recursion). */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const weights: number[] = [];
  for (const { step, change, product } of [...pairs].reverse()) {
    const weight = dot(step, direction) / product;
    weights.push(weight);
    addScaled(direction, change, -weight);
  }
  const last = pairs.at(-1);
  if (last) scale(direction, last.product / dot(last.change, last.change));
  for (const { step, change, product } of pairs) {
    addScaled(direction, step, weights.pop()! - dot(change, direction) / product);
  }
  return direction;
}

interface Line {
  readonly place: Float64Array;
  readonly slope: Slope;
  readonly direction: Float64Array;
  /** The step to try first. */
  readonly first: number;
}

async function search(
  slopeAt: (place: Float64Array) => Promise<Slope>,
  { place, slope, direction, first }: Line,
): Promise<{ place: Float64Array; slope: Slope } | undefined> {
  const downhill = dot(slope.gradient, direction);
  const slack = ROUNDING * Math.abs(slope.value);
  let low = 0;
  let high = Infinity;
  let length = first;
  for (let trial = 0; trial < TRIALS; trial++) {
    const there = place.slice();
    addScaled(there, direction, length);
    const found = await slopeAt(there);
    if (!(found.value <= slope.value + GAIN * length * downhill + slack)) high = length;
    else if (dot(found.gradient, direction) < LEFT * downhill) low = length;
    else return { place: there, slope: found };
    length = high === Infinity ? 2 * length : (low + high) / 2;
  }
  return undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * from[i]!;
}

function scale(values: Float64Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i]! *= factor;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}
