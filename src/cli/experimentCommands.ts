import { Option, type Command } from 'commander';
import type { Output, Printed, Session } from './command';
import { compareToFiles, type CorrespondenceOptions } from './correspondence';
import { measureToFiles, type InvarianceOptions } from './invariance';
import { lesionToFiles, type LesionOptions } from './lesion';
import { parseCount, parseGrey, parseMaps, parseNames, parsePath, parsePositive } from './options';

/** What the commands share with the others. */
export interface CommandParts {
  readonly model: () => Option;
  readonly json: () => Option;
  readonly print: (options: Output, command: (session: Session) => Promise<Printed>) => Promise<void>;
}

/** Adds the paper's experiments that compare features and probabilities. */
export function addExperimentCommands(switchback: Command, { model, json, print }: CommandParts): void {
  const layers = () =>
    new Option('--layers <list>', 'labels of layers or names of tensors: a[,b...]').argParser(parseNames);
  const label = () => new Option('--label <k>', 'class to follow; the most probable one where left out').argParser(parseCount); // prettier-ignore
  const out = ['--out <folder>', 'where to write result.json, CSV, PNG and report.html', parsePath] as const;

  switchback
    .command('invariance')
    .description('Measure how far features move when pictures are moved, scaled and turned (figure 5).')
    .addOption(model())
    .requiredOption('--images <files...>', 'pictures')
    .addOption(
      new Option('--kinds <kinds...>', 'transformations')
        .choices(['vertical', 'horizontal', 'scale', 'rotation'])
        .default(['vertical', 'scale', 'rotation']),
    )
    .addOption(new Option('--steps <n>', 'values of each').argParser(parsePositive))
    .addOption(
      new Option('--fill <grey>', 'what comes into view, 0 to 255').argParser(parseGrey).default(128),
    )
    .addOption(layers())
    .addOption(label())
    .option('--relative', "draw distances divided by the norm of the original's features")
    .requiredOption(...out)
    .addOption(json())
    .action((options: InvarianceOptions & Output) =>
      print(options, (session) => measureToFiles(options, session)),
    );

  switchback
    .command('correspondence')
    .description('Compare what hiding the same part changes in every picture of a set (table 1).')
    .addOption(model())
    .requiredOption('--parts <file>', 'parts.json beside the pictures that it names', parsePath)
    .addOption(
      new Option('--part <list>', 'parts to hide: a[,b...]; all where left out').argParser(parseNames),
    )
    .addOption(layers())
    .addOption(
      new Option('--size <pixels>', 'edge of the squares in the network input').argParser(parsePositive),
    )
    .addOption(new Option('--draws <n>', 'draws of the random control').argParser(parseCount).default(39))
    .addOption(new Option('--seed <n>', 'of the random control').argParser(parseCount).default(1))
    .requiredOption(...out)
    .addOption(json())
    .action((options: CorrespondenceOptions & Output) =>
      print(options, (session) => compareToFiles(options, session)),
    );

  switchback
    .command('lesion')
    .description('Switch layers or feature maps off and rank them by the drop of a probability.')
    .addOption(model())
    .requiredOption('--image <file>', 'picture', parsePath)
    .addOption(new Option('--layer <name>', 'rank the maps of this layer; all layers where left out'))
    .addOption(new Option('--map <list>', 'switch these maps of the layer off together').argParser(parseMaps))
    .addOption(new Option('--mode <mode>', 'what maps become').choices(['zero', 'mean']).default('zero'))
    .addOption(label())
    .requiredOption(...out)
    .addOption(json())
    .action((options: LesionOptions & Output, command: Command) => {
      if (options.map && options.layer === undefined) command.error('error: --map needs --layer');
      return print(options, (session) => lesionToFiles(options, session));
    });
}
