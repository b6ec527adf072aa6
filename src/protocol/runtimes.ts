/** What may compute: by `auto` ONNX Runtime, in its WebAssembly build where there is no native one. */
export const runtimeNames = ['auto', 'onnxruntime-node', 'onnxruntime-web', 'tensorflow.js'] as const;

export type RuntimeName = (typeof runtimeNames)[number];

/** Where the native ONNX Runtime may compute; which of them its binary has depends on the platform. */
export const executionProviders = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const;

export type ExecutionProvider = (typeof executionProviders)[number];
