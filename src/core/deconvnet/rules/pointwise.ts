import type { Rule, Step } from '../rule';
import { forEachRow, type Signal } from '../signal';
import { outputDims } from '../../ops/site';

const here = { y: 0, x: 0 };

/** Signal at output 0 and the place to add to at input 0. */
export function passage(step: Step, input = 0): { readonly from: Signal; readonly to: Signal } {
  return { from: step.outputs[0]!, to: step.inputs[input]! };
}

/** The signal goes down unchanged: dropout, casts, contrast normalisation (Zeiler & Fergus 2013, section 2.1). */
export const pass: Rule = {
  down(step) {
    const { from, to } = passage(step);
    forEachRow(from, to, here, (f, t, length) => {
      for (let i = 0; i < length; i++) to.data[t + i]! += from.data[f + i]!;
    });
  },
};

/**
 * "Rectification": only the positive part of the signal goes down, whatever the activation was on the way up
 * (Zeiler & Fergus 2013, section 2.1).
 */
export const rectify: Rule = {
  down(step) {
    const { from, to } = passage(step);
    forEachRow(from, to, here, (f, t, length) => {
      for (let i = 0; i < length; i++) {
        const value = from.data[f + i]!;
        if (value > 0) to.data[t + i]! += value;
      }
    });
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
export function derivativeOfInput(derivative: (input: number, step: Step) => number): Rule {
  return fromRecorded((step) => step.site.node.inputs[0]!, (value, x, step) => value * derivative(x, step));
}

function fromRecorded(
  tensorOf: (step: Pick<Step, 'site'>) => string,
  apply: (value: number, recorded: number, step: Step) => number,
): Rule {
  return {
    needs: (site) => [tensorOf({ site })],
    down(step) {
      const { from, to } = passage(step);
      const recorded = step.recorded(tensorOf(step));
      const { height, width } = from.grid;
      forEachRow(from, to, here, (f, t, length, map, y, x) => {
        const r = (map * height + y) * width + x;
        for (let i = 0; i < length; i++) {
          const value = from.data[f + i]!;
          if (value !== 0) to.data[t + i]! += apply(value, recorded[r + i]!, step);
        }
      });
    },
  };
}

/** Each feature map times a factor of its own: `factors` has one entry per channel. */
export function scaleMaps(step: Step, factors: Float32Array): void {
  const { from, to } = passage(step);
  const channels = outputDims(step.site)[1]!;
  forEachRow(from, to, here, (f, t, length, map) => {
    const factor = factors[map % channels]!;
    for (let i = 0; i < length; i++) to.data[t + i]! += from.data[f + i]! * factor;
  });
}
