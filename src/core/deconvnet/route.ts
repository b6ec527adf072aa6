import { methods, type MethodName } from './methods';
import type { Rule } from './rule';
import { refusedPath } from '../errors';
import type { GraphNode } from '../graph/graph';
import { siteOf } from '../graph/resolve';
import type { Network } from '../network';
import { operatorOf } from '../ops/operators';
import type { Site } from '../ops/site';

/** One node between a unit and the image. */
export interface Stop {
  readonly node: GraphNode;
  readonly site: Site;
  /** Inputs that lead on to the image. */
  readonly inputs: readonly number[];
  /** `undefined` where the method has no rule for the operator. */
  readonly rule: Rule | undefined;
  /** Why no signal gets through, one sentence. */
  readonly refusal: string | undefined;
}

/**
 * The nodes between a tensor and the image that a method's signal takes, from the tensor down. Only paths that reach the image
 * count: a gate's own branch, constants and shape arithmetic are not on it.
 */
export function routeTo(network: Network, tensor: string, method: MethodName): readonly Stop[] {
  const wanted = new Set<string>([tensor]);
  const reaching = tensorsFromImage(network);
  const stops: Stop[] = [];
  const { nodes } = network.resolved;
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    if (!node.outputs.some((output) => wanted.has(output))) continue;
    const stop = stopAt(network, node, method, reaching);
    stops.push(stop);
    for (const input of stop.inputs) wanted.add(node.inputs[input]!);
  }
  return stops;
}

/** The route of a tensor; throws a `UserError` where some node on it lets no signal through. */
export function openRouteTo(network: Network, tensor: string, method: MethodName): readonly Stop[] {
  const route = routeTo(network, tensor, method);
  const refused = route.find((stop) => stop.refusal !== undefined);
  if (refused) throw refusedPath(refused.node.name, refused.node.op, refused.refusal!);
  return route;
}

function stopAt(network: Network, node: GraphNode, method: MethodName, reaching: ReadonlySet<string>): Stop {
  const site = siteOf(network.resolved, node);
  const operator = operatorOf(node);
  const rule = operator && methods[method][node.op];
  const known =
    node.inputs.every((name) => name === '' || site.shapes.has(name)) && site.shapes.has(node.outputs[0]!);
  const problem = network.resolved.problems.get(node.name);
  const paths =
    known && rule?.carries
      ? rule.carries(site)
      : (operator?.paths(site) ?? node.inputs.map((_, index) => index));
  const refusal = problem ?? (rule === undefined ? noRule(node) : known ? rule.refuses?.(site) : sizeUnknown);
  return { node, site, inputs: paths.filter((input) => reaching.has(node.inputs[input]!)), rule, refusal };
}

const sizeUnknown = 'the size of its tensors could not be worked out';

function noRule(node: GraphNode): string {
  if (node.op === 'Softmax' || node.op === 'LogSoftmax') {
    return 'a softmax mixes all classes; class units start from the scores before it';
  }
  return `there is no rule for ${node.op} on the way down`;
}

/** Every tensor that depends on the pixels, and not only on the size of the image. */
function tensorsFromImage(network: Network): ReadonlySet<string> {
  const reaching = new Set([network.input.name]);
  for (const node of network.resolved.nodes) {
    if (node.inputs.some((input) => reaching.has(input)))
      for (const output of node.outputs) reaching.add(output);
  }
  return reaching;
}
