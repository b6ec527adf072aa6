/** A call as it stands in a Python source; arguments are text. */
export interface PythonCall {
  /** The keyword that the call is the value of, where it is. */
  readonly keyword: string | undefined;
  readonly callee: string;
  readonly positional: readonly string[];
  readonly named: Readonly<Record<string, string>>;
}

/** The calls of functions of a module that stand on one line each, without calls inside: enough for lists of layers. */
export function pythonCalls(source: string, module: string): readonly PythonCall[] {
  const call = new RegExp(`^\\s*(?:(\\w+)=)?${module}\\.(\\w+)\\(([^()]*)\\),$`, 'gm');
  return [...source.matchAll(call)].map(([, keyword, callee = '', text = '']) => {
    const given = text === '' ? [] : text.split(/,\s*/).map((argument) => argument.split('='));
    return {
      keyword,
      callee,
      positional: given.flatMap((parts) => (parts.length === 1 ? parts : [])),
      named: Object.fromEntries(
        given.flatMap(([name = '', value]) => (value === undefined ? [] : [[name, value]])),
      ),
    };
  });
}
