/** Stands for the package `@tensorflow/tfjs`, which adds to these two only backends that nothing here runs on. */
export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-layers';
