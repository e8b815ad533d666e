"""Files of torch.save for the Go tests.

    pip install torch==2.15.0 numpy==2.4.6
    python3 make_fixtures.py          writes *.bin and tensors.json, the values of all tensors

The Go tests read the committed files and never run this. They are:

    zip.bin, legacy.bin     a state dict with every type of element, a tied tensor, views, a number and metadata, in both
                            containers; protocol4.bin: the same in another version of pickle,
                            and the root of the zip is "archive" in place of the file's name
    module.bin              the state dict of a small network, as most files are saved
    parameters.bin          a dictionary of parameters, not tensors
    whole.bin               a whole network, which is a Python object
    checkpoint.bin          a state dict within a dictionary
"""
import collections
import json
import os

import torch

HERE = os.path.dirname(os.path.abspath(__file__))


def values():
    torch.manual_seed(20240229)
    d = collections.OrderedDict()
    x = torch.randn(3, 5)
    d["f32"] = x
    d["tied"] = x
    d["f64"] = torch.randn(2, 3, dtype=torch.float64)
    d["f16"] = torch.randn(4, 2).half()
    d["bf16"] = torch.randn(4, 2).bfloat16()
    d["i64"] = torch.arange(3)
    d["mask"] = torch.ones(1, 1, 2, 2, dtype=torch.bool)
    d["u8"] = torch.ones(2, dtype=torch.uint8)
    d["scalar"] = torch.tensor(-1e4)
    d["empty"] = torch.zeros(0, 3)
    d["rows 1 to 3"] = x[1:3]
    d["flat"] = x.view(15)[4:9]
    d["cube"] = torch.randn(2, 3, 4)
    d["transposed"] = x.t()
    d["column"] = x[:, 1]
    d["expanded"] = torch.zeros(1).expand(4)
    d["steps"] = 7
    d[""] = torch.tensor([1.5])
    d["ë\n"] = torch.tensor([2.5])
    return d


def main():
    d = values()
    d._metadata = collections.OrderedDict({"": {"version": 1}})
    save = lambda value, name, **options: torch.save(value, os.path.join(HERE, name), **options)
    save(d, "zip.bin")
    save(d, "legacy.bin", _use_new_zipfile_serialization=False)
    with open(os.path.join(HERE, "protocol4.bin"), "wb") as f:
        torch.save(d, f, pickle_protocol=4)
    net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
    save(net.state_dict(), "module.bin")
    save(dict(net.named_parameters()), "parameters.bin")
    save(net, "whole.bin")
    save({"epoch": 1, "state_dict": net.state_dict()}, "checkpoint.bin")
    for name, t in net.state_dict().items():
        d[name] = t
    with open(os.path.join(HERE, "tensors.json"), "w") as f:
        json.dump({name: {"dtype": str(t.dtype).removeprefix("torch."), "shape": list(t.shape), "values": t.float().flatten().tolist()}
                   for name, t in d.items() if isinstance(t, torch.Tensor)}, f)


if __name__ == "__main__":
    main()
