/** A hover's Markdown holds 100,000 characters: a picture of so many bytes stays below 95,000 in base 64. */
export const previewBytes = 70_000;

/** Wider pictures would be scaled down by the hover. */
export const previewSide = 480;

/** A hover is cut off at 250 pixels, of which its text takes a part: higher pictures are shown smaller. */
export const previewHeight = 150;
