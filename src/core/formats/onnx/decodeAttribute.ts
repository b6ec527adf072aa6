import { onnx } from 'onnx-proto';
import type { Attribute } from '../../graph/graph';
import { decodeTensor } from './decodeTensor';
import type { ReadExternal } from './externalData';
import { has, serializeAttribute, textOf, toNumber } from './proto';

const { AttributeType } = onnx.AttributeProto;

/** An attribute of a node; what the graph has no kind for is kept as the file's bytes. */
export function decodeAttribute(proto: onnx.IAttributeProto, read: ReadExternal | undefined): Attribute {
  return known(proto, read) ?? { kind: 'opaque', bytes: serializeAttribute(proto) };
}

function known(proto: onnx.IAttributeProto, read: ReadExternal | undefined): Attribute | undefined {
  switch (kindOf(proto)) {
    case AttributeType.INT:
      return { kind: 'int', value: toNumber(proto.i) };
    case AttributeType.FLOAT:
      return { kind: 'float', value: proto.f ?? 0 };
    case AttributeType.STRING: {
      const value = textOf(proto.s ?? new Uint8Array());
      return value === undefined ? undefined : { kind: 'string', value };
    }
    case AttributeType.INTS:
      return { kind: 'ints', value: (proto.ints ?? []).map(toNumber) };
    case AttributeType.FLOATS:
      return { kind: 'floats', value: proto.floats ?? [] };
    case AttributeType.STRINGS: {
      const value = (proto.strings ?? []).map(textOf);
      return value.includes(undefined) ? undefined : { kind: 'strings', value: value as string[] };
    }
    case AttributeType.TENSOR: {
      const value = proto.t ? decodeTensor(proto.t, read) : undefined;
      return value === undefined ? undefined : { kind: 'tensor', value };
    }
    default:
      return undefined;
  }
}

/** Files of the first format versions leave the type out: then the filled field tells. */
function kindOf(proto: onnx.IAttributeProto): onnx.AttributeProto.AttributeType {
  if (proto.type) return proto.type;
  if (has(proto, 'i')) return AttributeType.INT;
  if (has(proto, 'f')) return AttributeType.FLOAT;
  if (has(proto, 's')) return AttributeType.STRING;
  if (has(proto, 't')) return AttributeType.TENSOR;
  if (proto.ints?.length) return AttributeType.INTS;
  if (proto.floats?.length) return AttributeType.FLOATS;
  if (proto.strings?.length) return AttributeType.STRINGS;
  return AttributeType.UNDEFINED;
}
