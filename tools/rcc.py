#!/usr/bin/env python3
"""Takes files out of a Qt resource file (.rcc):  rcc.py FILE.rcc        lists the names
                                                rcc.py FILE.rcc NAME OUT  writes one file"""
import struct
import sys
import zlib


def files(blob, node=0, path=""):
    version, tree, data, names = struct.unpack(">4sIIII", blob[:20])[1:]
    at = tree + node * (22 if version > 1 else 14)  # version 2 added the time of change
    name, flags = struct.unpack_from(">IH", blob, at)
    length = struct.unpack_from(">H", blob, names + name)[0]
    path += "/" + blob[names + name + 6:names + name + 6 + 2 * length].decode("utf-16-be") if node else ""
    if flags & 2:  # a folder
        count, first = struct.unpack_from(">II", blob, at + 6)
        for child in range(first, first + count):
            yield from files(blob, child, path)
    else:
        start = data + struct.unpack_from(">I", blob, at + 10)[0]
        body = blob[start + 4:start + 4 + struct.unpack_from(">I", blob, start)[0]]
        yield path[1:], zlib.decompress(body[4:]) if flags & 1 else body


blob = open(sys.argv[1], "rb").read()
if len(sys.argv) == 2:
    print("\n".join(name for name, _ in files(blob)))
else:
    body = dict(files(blob))[sys.argv[2]]
    with open(sys.argv[3], "wb") as out: out.write(body)
