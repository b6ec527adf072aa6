/** PyTorch code that defines the model of `makeWorkspace`. */
export const zfnetCode = `from torch import nn


class ZFNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 12, kernel_size=7, stride=2, padding=1)
        self.conv2 = nn.Conv2d(12, 32, kernel_size=5, stride=2)
        self.conv3 = nn.Conv2d(32, 48, kernel_size=3, padding=1)
        self.conv4 = nn.Conv2d(48, 48, kernel_size=3, padding=1)
        self.conv5 = nn.Conv2d(48, 32, kernel_size=3, padding=1)
        self.fc6 = nn.Linear(32 * 6 * 6, 512)
        self.fc7 = nn.Linear(512, 512)
        self.fc8 = nn.Linear(512, 10)
`;

/** The first layer as a line that says another kernel than the model has. */
export const wrongKernel = zfnetCode.replace('kernel_size=7, stride=2, padding=1', 'kernel_size=11, stride=2, padding=3'); // prettier-ignore

/** The same code in a notebook: the import in one cell, the class in another. */
export function notebookOf(code: string): string {
  const lines = code.split(/(?<=\n)/);
  const cells = [lines.slice(0, 1), lines.slice(3)].map((source) => ({
    cell_type: 'code',
    metadata: {},
    execution_count: null,
    outputs: [],
    source,
  }));
  return JSON.stringify({
    cells,
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}
