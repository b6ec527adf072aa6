import type { Rule, Step } from '../rule';
import { addShifted, cropInPlace, forEachRow, sameWindows, type Signal, type Target } from '../signal';
import { outputDims } from '../../ops/site';

/** Signal at output 0 and the place to add to at input 0. */
export function passage(step: Step): { readonly from: Signal; readonly to: Signal } {
  return { from: step.outputs[0]!, to: step.inputs[0]!.signal() };
}

/** Sends a signal down to the same positions of an input, and gives up its array. What is outside of its windows is dropped. */
export function sendDown(from: Signal, target: Target): void {
  const { placement } = target;
  const data = sameWindows(from, placement) ? from.data : cropInPlace(from, placement);
  if (data) target.give(data);
  else addShifted(from, target.signal());
}

/** The signal goes down unchanged: dropout, casts, contrast normalisation (Zeiler & Fergus 2013, section 2.1). */
export const pass: Rule = {
  down: (step) => sendDown(step.outputs[0]!, step.inputs[0]!),
};

/**
 * "Rectification": only the positive part of the signal goes down, whatever the activation was on the way up
 * (Zeiler & Fergus 2013, section 2.1).
 */
export const rectify: Rule = {
  down(step) {
    const { data } = step.outputs[0]!;
    // A float is negative when its top bit is set. Half the values are, in no order: a branch would be guessed wrong
    // every other time, which is six times slower.
    const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
    for (let i = 0; i < bits.length; i++) bits[i]! &= ~(bits[i]! >> 31);
    sendDown(step.outputs[0]!, step.inputs[0]!);
  },
};

/** Guided backpropagation (Springenberg et al. 2015): rectify, and only where the unit was active on the way up. */
export const rectifyWhereActive: Rule = withOutput((value, output) => (value > 0 && output > 0 ? value : 0));

/** The derivative of an activation, from the value it gave. */
export function derivativeOfOutput(derivative: (output: number, step: Step) => number): Rule {
  return withOutput((value, output, step) => value * derivative(output, step));
}

function withOutput(apply: (value: number, output: number, step: Step) => number): Rule {
  return fromRecorded((step) => step.site.node.outputs[0]!, apply);
}

/** The derivative of an activation, from the value it was given. */
export function derivativeOfInput(derivative: (input: number, step: Step, map: number) => number): Rule {
  return fromRecorded(
    (step) => step.site.node.inputs[0]!,
    (value, x, step, map) => value * derivative(x, step, map),
  );
}

function fromRecorded(
  tensorOf: (step: Pick<Step, 'site'>) => string,
  apply: (value: number, recorded: number, step: Step, map: number) => number,
): Rule {
  return {
    needs: (site) => [tensorOf({ site })],
    down(step) {
      const from = step.outputs[0]!;
      const { data, grid } = from;
      const recorded = step.recorded(tensorOf(step));
      forEachRow(from, from, (f, _t, length, map, y, x) => {
        const r = (map * grid.height + y) * grid.width + x;
        for (let i = 0; i < length; i++) {
          if (data[f + i] !== 0) data[f + i] = apply(data[f + i]!, recorded[r + i]!, step, map);
        }
      });
      sendDown(from, step.inputs[0]!);
    },
  };
}

/** Each feature map times a factor of its own: `factors` has one entry per channel, or one per image and channel. */
export function scaleMaps(step: Step, factors: Float32Array): void {
  const from = step.outputs[0]!;
  const [images, channels] = outputDims(step.site) as readonly [number, number];
  // Further axes that are no positions, as in `[N, C, L]`, make several maps of a channel.
  const mapsPerChannel = from.grid.maps / (images * channels);
  const { data } = from;
  const plane = from.height * from.width;
  for (let start = 0, map = 0; start < data.length; start += plane, map++) {
    const factor = factors[Math.floor(map / mapsPerChannel) % factors.length]!;
    for (let i = start; i < start + plane; i++) data[i]! *= factor;
  }
  sendDown(from, step.inputs[0]!);
}
