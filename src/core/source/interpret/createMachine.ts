import type { Program } from '../program';
import { attribute } from './attributes';
import { call, instantiate } from './calls';
import { evaluate } from './evaluate';
import { assign, execute } from './execute';
import { limits, OutOfSteps, type Machine } from './machine';

/** A machine with an empty text. */
export function createMachine(language: Program['language']): Machine {
  const machine: Machine = {
    language,
    globals: { variables: new Map(), parent: null, method: null },
    importedWhole: [],
    objects: [],
    used: new Set(),
    changedClasses: false,
    depth: 0,
    steps: 0,
    allSteps: 0,
    forwarded: null,
    step: (weight = 1) => {
      machine.steps += weight;
      machine.allSteps += weight;
      if (machine.steps > limits.steps || machine.allSteps > limits.allSteps) throw new OutOfSteps();
    },
    evaluate: (expression, scope) => evaluate(machine, expression, scope),
    execute: (statements, scope) => execute(machine, statements, scope),
    assign: (target, value, scope) => assign(machine, target, value, scope),
    call: (callee, given, site) => call(machine, callee, given, site),
    attribute: (object, name) => attribute(machine, object, name),
    instantiate: (type, given, site) => instantiate(machine, type, given, site),
  };
  return machine;
}

/** Does `work` as one task with steps of its own. `undefined` where it wants more than it may have: what it made stays. */
export function attempt<T>(machine: Machine, work: () => T): T | undefined {
  machine.steps = 0;
  machine.depth = 0;
  try {
    return work();
  } catch (error) {
    // A RangeError is the stack: code nested deeper than any that people write.
    if (error instanceof OutOfSteps || error instanceof RangeError) return undefined;
    throw error;
  }
}
