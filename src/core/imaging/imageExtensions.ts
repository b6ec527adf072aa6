/** How names of pictures end that can be read, in lower case and without the dot. */
export const imageExtensions = ['png', 'jpg', 'jpeg', 'bmp', 'gif', 'webp', 'tif', 'tiff'] as const;
