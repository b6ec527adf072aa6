import { UserError } from './errors';

export function toolInputProblem(what: string): UserError {
  return new UserError(
    'invalid-tool-input',
    `The tool was given no usable "${what}".`,
    'Files exist, are named relative to a folder of the workspace and lie in it, also behind links; maps and positions are whole numbers from 0.',
  );
}

export function noModelForTool(): UserError {
  return new UserError(
    'no-model',
    'The workspace has several models and none is chosen.',
    'Name one of them as "model".',
  );
}
