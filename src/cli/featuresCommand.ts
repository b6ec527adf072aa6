import { Option, type Command } from 'commander';
import { losses, type LossName } from '../core/experiments/features/losses';
import { poolings } from '../core/experiments/features/pool';
import type { Output } from './command';
import type { CommandParts } from './experimentCommands';
import { rateToFiles, type FeaturesOptions } from './features';
import { parseCount, parseNames, parsePath, parsePositive } from './options';

/** Adds the command that asks what features are worth on another data set. */
export function addFeaturesCommand(switchback: Command, { model, json, print }: CommandParts): void {
  const classifiers = Object.keys(losses) as LossName[];
  switchback
    .command('features')
    .description('Learn the classes of a folder from the features of each layer and say how well that goes.')
    .addOption(model())
    .requiredOption('--images <folder>', 'a folder of pictures for each class', parsePath)
    .addOption(
      new Option(
        '--layers <list>',
        'labels of layers or names of tensors: a[,b...]; eight spread over the network where left out',
      ).argParser(parseNames),
    )
    .addOption(
      new Option('--pooling <name>', 'what is taken of a feature map').choices(poolings).default('mean'),
    )
    .addOption(
      new Option('--classifiers <names...>', 'what learns').choices(classifiers).default(classifiers),
    )
    .addOption(
      new Option('--train <list>', 'images of each class to learn from: 1,2,5,30')
        .argParser((text) => text.split(',').map(parsePositive))
        .default([30], '30'),
    )
    .addOption(
      new Option('--test <n>', 'images of each class to judge by, at most')
        .argParser(parsePositive)
        .default(50),
    )
    .addOption(new Option('--folds <n>', 'how often images are drawn').argParser(parsePositive).default(5))
    .addOption(new Option('--seed <n>', 'which images are drawn').argParser(parseCount).default(0))
    .option(
      '--store <file>',
      'where extracted features are kept; in the output folder where left out',
      parsePath,
    )
    .requiredOption('--out <folder>', 'where to write result.json, CSV, PNG and report.html', parsePath)
    .addOption(json())
    .action((options: FeaturesOptions & Output) =>
      print(options, (session) => rateToFiles(options, session)),
    );
}
