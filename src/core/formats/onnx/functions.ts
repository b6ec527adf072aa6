import type { onnx } from 'onnx-proto';
import { unsupportedFunction } from '../../errors';
import { toNumber } from './proto';
import { subgraphsOf } from './subgraphs';

/** Functions that call functions can describe more nodes than any file has bytes; real models stay far below. */
const MAX_NODES = 200_000;

/**
 * The graph's nodes with every call of a model-local function replaced by the function's nodes, as ONNX
 * Runtime does itself. What comes out of a call keeps its name; what is inside gets the call's name in front.
 */
export function inlineFunctions(model: onnx.IModelProto): readonly onnx.INodeProto[] {
  const nodes = model.graph?.node ?? [];
  const functions = new Map((model.functions ?? []).map((body) => [keyOf(body.domain, body.name), body]));
  if (functions.size === 0) return nodes;
  const opset = opsetOf(model.opsetImport);
  const inlined: onnx.INodeProto[] = [];
  let visited = 0;
  const expand = (node: onnx.INodeProto, callers: readonly onnx.IFunctionProto[]): void => {
    const body = functions.get(keyOf(node.domain, node.opType));
    if (body === undefined) {
      refuseCallsInside(node, functions);
      inlined.push(node);
      return;
    }
    const refuse = (why: string) => unsupportedFunction(body.name ?? '', why);
    if (callers.includes(body)) throw refuse('calls itself');
    if ((opsetOf(body.opsetImport) ?? opset) !== opset)
      throw refuse('uses another operator set than the graph');
    if (++visited + inlined.length > MAX_NODES)
      throw refuse(`makes the graph larger than ${MAX_NODES} nodes`);
    for (const inner of instantiate(body, node)) expand(inner, [...callers, body]);
  };
  for (const node of nodes) expand(node, []);
  return inlined;
}

function keyOf(domain: string | null | undefined, name: string | null | undefined): string {
  return `${domain ?? ''}\0${name ?? ''}`;
}

function opsetOf(imports: readonly onnx.IOperatorSetIdProto[] | null | undefined): number | undefined {
  const found = imports?.find(({ domain }) => !domain || domain === 'ai.onnx');
  return found && toNumber(found.version);
}

function refuseCallsInside(node: onnx.INodeProto, functions: ReadonlyMap<string, onnx.IFunctionProto>): void {
  for (const { node: inner } of subgraphsOf(node)) {
    for (const { domain, opType } of inner ?? []) {
      const body = functions.get(keyOf(domain, opType));
      if (body) throw unsupportedFunction(body.name ?? '', 'is called from control flow');
    }
  }
}

/** The nodes of one call, with the call's tensors and attributes in place of the formal ones. */
function instantiate(body: onnx.IFunctionProto, call: onnx.INodeProto): onnx.INodeProto[] {
  const prefix = call.name ? call.name : `${call.opType ?? ''}_${call.output?.[0] ?? ''}`;
  const actual = new Map<string, string>([['', '']]);
  body.input?.forEach((formal, i) => actual.set(formal, call.input?.[i] ?? ''));
  const passed: onnx.INodeProto[] = [];
  body.output?.forEach((formal, i) => {
    const output = call.output?.[i] ?? '';
    const input = actual.get(formal);
    if (output === '') return;
    if (input === undefined) actual.set(formal, output);
    else passed.push({ opType: 'Identity', name: `${prefix}/${formal}`, input: [input], output: [output] });
  });
  const rename = (tensor: string) => actual.get(tensor) ?? `${prefix}/${tensor}`;
  const nodes = (body.node ?? []).map((node) => {
    if (subgraphsOf(node).length > 0) {
      throw unsupportedFunction(body.name ?? '', 'contains control flow');
    }
    return {
      ...node,
      name: `${prefix}/${node.name ? node.name : `${node.opType ?? ''}_${node.output?.[0] ?? ''}`}`,
      input: (node.input ?? []).map(rename),
      output: (node.output ?? []).map(rename),
      attribute: (node.attribute ?? []).flatMap((attribute) => resolve(attribute, body, call)),
    };
  });
  return [...nodes, ...passed];
}

/** An attribute may stand for one of the call's; without it the operator's own default holds. */
function resolve(
  attribute: onnx.IAttributeProto,
  body: onnx.IFunctionProto,
  call: onnx.INodeProto,
): onnx.IAttributeProto[] {
  const { refAttrName } = attribute;
  if (!refAttrName) return [attribute];
  const given = call.attribute?.find(({ name }) => name === refAttrName);
  if (given) return [{ ...given, name: attribute.name ?? '' }];
  // Names that the function does not list have a default value, in a field that the protobuf library does not know.
  if (!body.attribute?.includes(refAttrName)) {
    throw unsupportedFunction(body.name ?? '', `has a default value for "${refAttrName}"`);
  }
  return [];
}
