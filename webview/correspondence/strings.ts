/** Words of the panel that compares the same part in all pictures. */
export const strings = {
  title: 'Correspondence analysis',
  hint: 'The same part is hidden in every picture, and the signs of the changes of all features are compared between pictures: Δ is the share that differs, for every pair of pictures. A low Δ says that the layer relates the part across pictures. Random places, never over a part, are the control.',
  settings: {
    group: 'Settings of the comparison',
    parts: 'Parts',
    part: (part: string) => part.replaceAll('_', ' '),
    size: 'Square',
    sizeLabel: "Edge of the squares that hide a part, in pixels of the network's input",
    draws: 'Random draws',
    drawsLabel: 'How often random places are hidden in all pictures',
    seed: 'Seed',
    seedLabel: 'Seed of the random places: a whole number; Enter takes it over',
    badSeed: 'A seed is a whole number from 0.',
    annotate: 'Annotate Parts…',
  },
  noParts: {
    message: 'No part is marked in these pictures.',
    hint: 'Mark the same parts in at least two of them by Annotate Parts…, or import annotations there.',
  },
  chart: 'Δ of every part and of random places, by layer',
  table: 'Δ of every part and of random places at every layer',
  images: (names: readonly string[]) => `${names.length} pictures: ${names.join(', ')}`,
  report: {
    title: (model: string) => `Correspondence of parts in ${model}`,
    chart: 'Δ ± standard deviation over pairs of pictures',
  },
};
