"""ZFNet for 128 x 128 pictures of 101 classes: the network that Switchback brings, `media/zfnet/zfnet.onnx`.

Figure 3 of Zeiler & Fergus (2013) at about half the width. Every layer has the name it has in the ONNX file.
"""

from collections import OrderedDict

from torch import nn

model = nn.Sequential(
    OrderedDict(
        conv1=nn.Conv2d(3, 48, kernel_size=7, stride=2, padding=1),
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
        norm1=nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2),
        conv2=nn.Conv2d(48, 128, kernel_size=5, stride=2),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
        norm2=nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2),
        conv3=nn.Conv2d(128, 192, kernel_size=3, padding=1),
        relu3=nn.ReLU(),
        conv4=nn.Conv2d(192, 192, kernel_size=3, padding=1),
        relu4=nn.ReLU(),
        conv5=nn.Conv2d(192, 128, kernel_size=3, padding=1),
        relu5=nn.ReLU(),
        pool5=nn.MaxPool2d(kernel_size=3, stride=2),
        flatten=nn.Flatten(),
        fc6=nn.Linear(128 * 3 * 3, 896),
        relu6=nn.ReLU(),
        drop6=nn.Dropout(0.5),
        fc7=nn.Linear(896, 896),
        relu7=nn.ReLU(),
        drop7=nn.Dropout(0.5),
        fc8=nn.Linear(896, 101),
        softmax=nn.Softmax(dim=1),
    )
)
