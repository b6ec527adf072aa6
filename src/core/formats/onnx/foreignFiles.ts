interface ForeignFormat {
  readonly what: string;
  readonly hint: string;
  readonly matches: (bytes: Uint8Array, head: string) => boolean;
}

/** A file that is something else than a model that is read. */
export interface ForeignFile {
  /** Completes "<file> is …, no model in ONNX or TensorFlow.js." */
  readonly what: string;
  readonly hint: string;
}

const openModel = 'Open a file that was exported as ONNX (usually *.onnx).';
const exportPyTorch = 'Export it from PyTorch with torch.onnx.export(model, example_input, "model.onnx").';
const exportKeras =
  'Convert it: tensorflowjs_converter --input_format=keras model.h5 DIR, or python -m tf2onnx.convert --keras model.h5 --output model.onnx.';
const exportKeras3 =
  'Export it from Keras with keras.models.load_model("model.keras").export("DIR"), then python -m tf2onnx.convert --saved-model DIR --output model.onnx.';

const startsWith =
  (...signatures: string[]) =>
  (_bytes: Uint8Array, head: string): boolean =>
    signatures.some((signature) => head.startsWith(signature));

const hasAt =
  (offset: number, signature: string) =>
  (_bytes: Uint8Array, head: string): boolean =>
    head.startsWith(signature, offset);

/** A zip archive whose first file is called like this. */
const zipOf =
  (firstName: RegExp) =>
  (_bytes: Uint8Array, head: string): boolean =>
    head.startsWith('PK\x03\x04') && firstName.test(head.slice(30));

/** The first that matches names the file; the order goes from exact signatures to guesses. */
const formats: readonly ForeignFormat[] = [
  { what: 'a PNG image', hint: openModel, matches: startsWith('\x89PNG') },
  { what: 'a JPEG image', hint: openModel, matches: startsWith('\xff\xd8\xff') },
  { what: 'a GIF image', hint: openModel, matches: startsWith('GIF8') },
  { what: 'a WebP image', hint: openModel, matches: hasAt(8, 'WEBP') },
  { what: 'a PDF document', hint: openModel, matches: startsWith('%PDF') },
  { what: 'a NumPy array', hint: openModel, matches: startsWith('\x93NUMPY') },
  { what: 'an HDF5 file (Keras .h5 weights or model)', hint: exportKeras, matches: startsWith('\x89HDF') },
  {
    what: 'a TensorFlow Lite model',
    hint: 'Convert it: python -m tf2onnx.convert --tflite model.tflite --output model.onnx.',
    matches: hasAt(4, 'TFL3'),
  },
  {
    what: 'a model in the ORT format of ONNX Runtime',
    hint: 'Open the .onnx file from which it was made; the ORT format cannot be edited.',
    matches: hasAt(4, 'ORTM'),
  },
  { what: 'a Keras model (.keras)', hint: exportKeras3, matches: zipOf(/^(metadata|config)\.json/) },
  {
    what: 'a PyTorch file (.pt, .pth)',
    hint: exportPyTorch,
    matches: zipOf(/^[^/]{1,200}\/(data\.pkl|version|byteorder|\.format_version)/),
  },
  {
    what: 'a zip archive',
    hint: 'Unpack it and open the model in it.',
    matches: startsWith('PK\x03\x04', 'PK\x05\x06'),
  },
  {
    what: 'a pickled PyTorch file',
    hint: exportPyTorch,
    matches: (bytes) => bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5,
  },
  { what: 'gzip-compressed', hint: 'Unpack it with gunzip first.', matches: startsWith('\x1f\x8b') },
  { what: 'a tar archive', hint: 'Unpack it first.', matches: hasAt(257, 'ustar') },
  {
    what: 'a safetensors file: weights without a graph',
    hint: exportPyTorch,
    matches: (bytes, head) => head.startsWith('{"', 8) && bytes.subarray(4, 8).every((byte) => byte === 0),
  },
  {
    what: 'a Git LFS pointer: the model itself has not been downloaded',
    hint: 'Run "git lfs pull" in the repository.',
    matches: startsWith('version https://git-lfs'),
  },
  { what: 'a JSON file', hint: openModel, matches: (_bytes, head) => /^\s*[{[]/.test(head) && isText(head) },
  {
    what: 'a web page (HTML)',
    hint: 'The download answered with a page; download the raw file.',
    matches: (_bytes, head) => /^\s*<(!doctype|html|head|body|\?xml)/i.test(head),
  },
  { what: 'a text file', hint: openModel, matches: (_bytes, head) => head.trim() !== '' && isText(head) },
];

/** What a file is that is not ONNX, by its first bytes; `undefined` where they could begin an ONNX model. */
export function recogniseForeignFile(bytes: Uint8Array): ForeignFile | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 1024));
  return formats.find(({ matches }) => matches(bytes, head));
}

/** No control characters, which protobuf has in its first bytes, and mostly ASCII. */
function isText(head: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what tells text from bytes
  if (/[\x00-\x08\x0e-\x1f\x7f]/.test(head)) return false;
  return head.replace(/[^\x20-\x7e\s]/g, '').length > 0.7 * head.length;
}
