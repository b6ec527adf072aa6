import { counted } from './report/numbers';

/**
 * Everything a user can do something about, in one place. The engine sends these over process boundaries as
 * values; anything else that is thrown is a bug of ours. A message is one sentence that names the file or
 * node; the hint says what to do.
 */
export class UserError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint = '',
    /** Paths of files that were read or missed before it: once one of them changes, another try may succeed. */
    readonly files: readonly string[] = [],
  ) {
    super(message);
    this.name = 'UserError';
  }
}

export function unsupportedOp(node: string, op: string): UserError {
  return new UserError(
    'unsupported-op',
    `No projection rule for operator ${op} (node "${node}").`,
    'Choose a layer whose path to the image avoids this node, or export the model without it.',
  );
}

export function unknownLayer(layer: string, known: readonly string[]): UserError {
  const some = known.slice(0, 8).join(', ') + (known.length > 8 ? ', …' : '');
  return new UserError('unknown-layer', `The model has no layer or tensor "${layer}".`, `Layers: ${some}`);
}

export function invalidSidecar(file: string, field: string, expected: string): UserError {
  return new UserError(
    'invalid-sidecar',
    `${file}: ${field === '' ? 'the file' : `"${field}"`} ${expected}.`,
    'Correct the file, or delete it to have the preprocessing guessed.',
  );
}

export function fileNotFound(file: string): UserError {
  return new UserError(
    'file-not-found',
    `There is no file ${file}.`,
    'It may have been moved or deleted: choose another.',
  );
}

export function unreadableFile(file: string, reason: string): UserError {
  return new UserError(
    'unreadable-file',
    `${file} cannot be read: ${reason}.`,
    'Check its permissions, or choose another.',
  );
}

export function notAnImage(file: string, reason: string): UserError {
  return new UserError(
    'not-an-image',
    `${file} is no readable image: ${reason}.`,
    'Choose a JPEG, PNG, WebP, TIFF, GIF or BMP file.',
  );
}

export function imageTooLarge(file: string, width: number, height: number, limit: number): UserError {
  return new UserError(
    'image-too-large',
    `${file} has ${width} × ${height} pixels; at most ${limit / 1e6} million are read.`,
    'Scale the image down first.',
  );
}

export function imageTooNarrow(file: string, width: number, height: number): UserError {
  return new UserError(
    'image-too-narrow',
    `${file} has ${width} × ${height} pixels, too narrow a strip for the network's input.`,
    'Crop the image to the part that matters.',
  );
}

export function channelMismatch(model: string, takes: number, declared: string): UserError {
  return new UserError(
    'channel-mismatch',
    `${model} takes images with ${takes} channel${takes === 1 ? '' : 's'}, but its sidecar declares ${declared}.`,
    'Set "channels" in the sidecar to "RGB", "BGR" or "GRAY" as the model was trained.',
  );
}

export function externalDataEscapes(location: string, tensor: string): UserError {
  return new UserError(
    'external-data-escapes',
    `The weights of "${tensor}" are said to be in ${location}, which is not inside the model's folder.`,
    'Models may only read files beside them: move the weights there and export again.',
  );
}

export function externalDataMissing(location: string, tensor: string): UserError {
  return new UserError(
    'external-data-missing',
    `The weights of "${tensor}" are in ${location}, which is missing.`,
    'Put the file beside the model.',
  );
}

export function externalDataShort(location: string, tensor: string): UserError {
  return new UserError(
    'external-data-short',
    `The weights of "${tensor}" reach beyond the end of ${location}.`,
    'The file is truncated or belongs to another model: copy it again.',
  );
}

export function labelsUnreadable(file: string, reason: string): UserError {
  return new UserError(
    'labels-unreadable',
    `The labels file ${file} ${reason}.`,
    'Labels are a text file of at most 1 MB that ends with .txt, one label a line, in or beside the model’s folder.',
  );
}

export function runtimeRefused(model: string, reason: string): UserError {
  return new UserError(
    'runtime-refused',
    `The runtime cannot open ${model}: ${reason}`,
    'Export the model with standard operators (opset_version=17).',
  );
}

export function forwardFailed(model: string, reason: string): UserError {
  return new UserError(
    'forward-failed',
    `${model} could not be run: ${reason}`,
    'Check that the size of the input in the sidecar is one the model takes.',
  );
}

export function foreignModelFile(file: string, what: string, hint: string): UserError {
  return new UserError('foreign-model-file', `${file} is ${what}, no model in ONNX or TensorFlow.js.`, hint);
}

export function emptyModelFile(file: string): UserError {
  return new UserError('empty-model-file', `${file} is empty.`, 'Export or download the model again.');
}

export function damagedModelFile(file: string): UserError {
  return new UserError(
    'damaged-model-file',
    `${file} is not a complete ONNX model: it is truncated or damaged.`,
    'Export or download the model again.',
  );
}

export function modelFileTooLarge(file: string, bytes: number): UserError {
  return new UserError(
    'model-file-too-large',
    `${file} needs ${(bytes / 2 ** 30).toFixed(1)} GB with its weights; more than 2 GB cannot be opened.`,
    'Use a smaller model, or a part of this one.',
  );
}

export function emptyGraph(file: string, lacks: string): UserError {
  return new UserError(
    'empty-graph',
    `${file} holds a graph without ${lacks}.`,
    'Export the model again, with its layers and its outputs.',
  );
}

export function unsupportedOpset(file: string, opset: number, node: string, op: string): UserError {
  return new UserError(
    'unsupported-opset',
    `${file} uses operator set ${opset}, in which ${op} (node "${node}") works differently from today.`,
    'Export it with operator set 7 or later (opset_version=17), or convert it with onnx.version_converter.',
  );
}

export function undeclaredOpset(file: string): UserError {
  return new UserError(
    'undeclared-opset',
    `${file} does not say which ONNX operator set it uses.`,
    'The file is truncated or was not written by an exporter: export the model again.',
  );
}

export function badTensorData(tensor: string, problem: string): UserError {
  return new UserError(
    'bad-tensor-data',
    `The data of tensor "${tensor}" are not usable: ${problem}.`,
    'The model is damaged or was exported wrongly: export it again.',
  );
}

export function externalDataUnavailable(location: string, tensor: string): UserError {
  return new UserError(
    'external-data-unavailable',
    `The weights of "${tensor}" are in a separate file ${location}, which cannot be read from here.`,
    'Save the model as one file: onnx.save(onnx.load("model.onnx"), "one-file.onnx").',
  );
}

export function missingTensor(node: string, tensor: string): UserError {
  return new UserError(
    'missing-tensor',
    `Node "${node}" reads "${tensor}", which nothing in the model makes.`,
    'The graph is incomplete: export the model again.',
  );
}

export function missingOutput(output: string): UserError {
  return new UserError(
    'missing-output',
    `The model declares the output "${output}", which nothing in it makes.`,
    'The graph is incomplete: export the model again.',
  );
}

export function duplicateTensor(node: string, tensor: string): UserError {
  return new UserError(
    'duplicate-tensor',
    `Node "${node}" makes "${tensor}", which the model already makes elsewhere.`,
    'Every tensor of a graph has one source: export the model again.',
  );
}

export function cyclicGraph(node: string): UserError {
  return new UserError(
    'cyclic-graph',
    `The graph runs in a circle through node "${node}".`,
    'An ONNX graph has no cycles (loops are Loop nodes): export the model again.',
  );
}

export function unsupportedInput(input: string, what: string): UserError {
  return new UserError(
    'unsupported-input',
    `The model's input "${input}" ${what}.`,
    'Export the model with tensors of numbers as its inputs.',
  );
}

export function unsupportedFunction(name: string, what: string): UserError {
  return new UserError(
    'unsupported-function',
    `The model's function "${name}" ${what}.`,
    'Inline it first: onnx.save(onnx.inliner.inline_local_functions(onnx.load("model.onnx")), "inlined.onnx").',
  );
}

export function halfPrecisionSubgraph(node: string): UserError {
  return new UserError(
    'half-precision-subgraph',
    `Node "${node}" computes in half precision inside its control flow.`,
    'Export the model in float32.',
  );
}

export function notOnDisk(file: string, scheme: string): UserError {
  return new UserError(
    'not-on-disk',
    `${file} is not a file on disk (its scheme is "${scheme}").`,
    'Save a copy in a folder on disk and open that.',
  );
}

export function untrustedModel(model: string): UserError {
  return new UserError(
    'untrusted-model',
    `${model} belongs to a workspace that is not trusted, and native code would read it.`,
    'Trust the workspace, or choose the bundled model.',
  );
}

export function noImageSelected(extensions: readonly string[]): UserError {
  return new UserError(
    'no-image-selected',
    'Nothing that was selected is an image.',
    `Select files that end in ${extensions.map((extension) => `.${extension}`).join(', ')}.`,
  );
}

export function noPicturesIn(folder: string, extensions: readonly string[]): UserError {
  return new UserError(
    'no-pictures',
    `There are no pictures in ${folder}.`,
    `Choose a folder with files that end in ${extensions.map((extension) => `.${extension}`).join(', ')}.`,
  );
}

export function notWritable(file: string, reason: string): UserError {
  return new UserError(
    'not-writable',
    `${file} cannot be written: ${reason}.`,
    'Make room there, or choose another folder.',
  );
}

export function noImageInput(found: string): UserError {
  return new UserError(
    'no-image-input',
    `The model takes no image: it has ${found}.`,
    'Switchback needs one float input of shape [batch, channels, height, width] with 1 or 3 channels.',
  );
}

export function fixedBatch(input: string, declared: number, wanted: number): UserError {
  return new UserError(
    'fixed-batch',
    `The model's input "${input}" takes batches of ${counted(declared, 'image')} only, not of ${wanted}.`,
    'Export the model with a batch of 1, or with an open batch dimension (dynamic_axes).',
  );
}

export function invalidInputSize(declared: readonly number[], wanted: readonly number[]): UserError {
  return new UserError(
    'input-size',
    `The model takes ${declared.join(' × ')} pixels, but its sidecar asks for ${wanted.join(' × ')}.`,
    'Set "crop" in the sidecar to the size of the model.',
  );
}

export function badArrayFile(file: string, problem: string): UserError {
  return new UserError(
    'bad-array-file',
    `${file} ${problem}.`,
    'Write it with numpy.save("input.npy", array.astype(numpy.float32)).',
  );
}

export function refusedPath(node: string, op: string, reason: string): UserError {
  return new UserError(
    'refused-path',
    `The projection stops at node "${node}" (${op}): ${reason}.`,
    'Choose a layer whose path to the image avoids this node.',
  );
}

export function notRecorded(tensor: string): UserError {
  return new UserError(
    'not-recorded',
    `The activations of "${tensor}" were not recorded.`,
    'Open the image again.',
  );
}

export function invalidUnit(
  tensor: string,
  map: number,
  [y, x]: readonly [number, number],
  grid: { readonly maps: number; readonly height: number; readonly width: number },
): UserError {
  return new UserError(
    'no-such-unit',
    `"${tensor}" has no unit ${map} at ${y},${x}: it has ${counted(grid.maps, 'map')} of ${grid.height} × ${grid.width}.`,
    'Feature maps, rows and columns count from 0.',
  );
}

export function noBundledModel(): UserError {
  return new UserError('no-bundled-model', 'This build has no bundled model.', 'Name one with --model.');
}

export function wrongInputArray(
  file: string,
  found: readonly number[],
  expected: readonly number[],
  model: string,
): UserError {
  return new UserError(
    'wrong-input-array',
    `${file} holds an array of [${found.join(', ')}], but ${model} takes [${expected.join(', ')}].`,
    'Save the network input itself: numpy.save("input.npy", input).',
  );
}

export function notSeparable(from: string, tensors: readonly string[]): UserError {
  return new UserError(
    'not-separable',
    `"${tensors.join('", "')}" cannot be computed from "${from}" alone.`,
    'Choose a layer that everything behind it goes through.',
  );
}

export function noLayers(model: string): UserError {
  return new UserError(
    'no-layers',
    `${model} has no convolutional or fully connected layer.`,
    'Choose a model that has one.',
  );
}

export function unknownLabel(label: number, classes: number): UserError {
  return new UserError(
    'unknown-label',
    `There is no class ${label}: the model has ${classes}.`,
    'Classes count from 0.',
  );
}

export function noFilters(layer: string, op: string): UserError {
  return new UserError(
    'no-filters',
    `The weights of layer "${layer}" (${op}) are no filters over its input.`,
    'Choose a convolution or a fully connected layer.',
  );
}
