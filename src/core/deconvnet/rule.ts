import type { Signal, Target } from './signal';
import type { TransposedProducts } from './products';
import type { Site } from '../ops/site';

/** One node on the way down: the signal at its outputs, and where to add what arrives at its inputs. */
export interface Step {
  readonly site: Site;
  /** By output index; undefined for outputs that no signal reached. The rule may reuse their data. */
  readonly outputs: readonly (Signal | undefined)[];
  /** By input index; undefined for inputs the signal does not go to. */
  readonly inputs: readonly (Target | undefined)[];
  /** A tensor of the forward pass, row-major. Only tensors that the rule's `needs` names. */
  recorded(tensor: string): Float32Array;
  /** Switches of a MaxPool node: for every output element the row-major index of its maximum in the input. */
  switches(): Int32Array;
  readonly products: TransposedProducts;
}

/** What a projection method does at one operator. */
export interface Rule {
  down(step: Step): void | Promise<void>;
  /** Inputs the signal goes to, where not all of the operator's paths. */
  readonly carries?: (site: Site) => readonly number[];
  /** Tensors of the forward pass that `down` reads. */
  readonly needs?: (site: Site) => readonly string[];
  /** Whether `down` reads the node's switches. */
  readonly needsSwitches?: true;
  /** Why the picture is not exact at a node: one sentence. Undefined where the rule is the method's own. */
  readonly approximate?: (site: Site) => string | undefined;
  /** Why this node in particular cannot be projected through, where it cannot. */
  readonly refuses?: (site: Site) => string | undefined;
}

/** A projection method is nothing but a table from operator to rule. */
export type Method = Readonly<Record<string, Rule>>;
