#!/usr/bin/env python3
"""Checks an archive package or a project's whole file, with nothing but the standard library.

    verify_archive.py FILE.zip [KEY]

Each file must have the SM3 and the SHA-256 that digests.txt lists, nothing may be
missing or added, and the house's SM2 signature (GB/T 32918, with SM3 under the
usual identity) must hold over the SM3 of that list. KEY, where it is given, is the id
of the house's key: the package must be signed with it. It shares no code with Quancheng.
"""
import hashlib
import json
import sys
import zipfile

MASK = 0xFFFFFFFF
IV = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)


def rot(x, n):
    n %= 32
    return ((x << n) | (x >> (32 - n))) & MASK


def sm3(data):
    """SM3 of bytes (GB/T 32905)."""
    bits = len(data) * 8
    data = data + b"\x80" + b"\x00" * ((55 - len(data)) % 64) + bits.to_bytes(8, "big")
    v = IV
    for at in range(0, len(data), 64):
        w = [int.from_bytes(data[at + i:at + i + 4], "big") for i in range(0, 64, 4)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ rot(w[j - 3], 15)
            w.append(x ^ rot(x, 15) ^ rot(x, 23) ^ rot(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = v
        for j in range(64):
            ss1 = rot((rot(a, 12) + e + rot(0x79CC4519 if j < 16 else 0x7A879D8A, j)) & MASK, 7)
            ss2 = ss1 ^ rot(a, 12)
            ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if j < 16 else (e & f) | (~e & MASK & g)
            tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & MASK
            tt2 = (gg + h + ss1 + w[j]) & MASK
            a, b, c, d = tt1, a, rot(b, 9), c
            e, f, g, h = tt2 ^ rot(tt2, 9) ^ rot(tt2, 17), e, rot(f, 19), g
        v = tuple(x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h)))
    return b"".join(x.to_bytes(4, "big") for x in v)


P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7, 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)


def plus(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        s = (3 * p[0] * p[0] + A) * pow(2 * p[1], -1, P)
    else:
        s = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (s * s - p[0] - q[0]) % P
    return x, (s * (p[0] - x) - p[1]) % P


def times(k, p):
    out = None
    while k:
        if k & 1:
            out = plus(out, p)
        p, k = plus(p, p), k >> 1
    return out


def integers(der):
    """The two integers of an ASN.1 sequence."""
    if der[0] != 0x30 or der[1] != len(der) - 2:
        raise ValueError("no ASN.1 sequence")
    out, at = [], 2
    for _ in range(2):
        if der[at] != 2:
            raise ValueError("no ASN.1 integer")
        n = der[at + 1]
        out.append(int.from_bytes(der[at + 2:at + 2 + n], "big"))
        at += 2 + n
    return out


def sm2(public, message, signature, identity=b"1234567812345678"):
    """Whether an SM2 signature holds."""
    size = 32
    if len(public) != 65 or public[0] != 4:
        return False
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    if (y * y - x * x * x - A * x - B) % P:
        return False
    r, s = integers(signature)
    if not (0 < r < N and 0 < s < N):
        return False
    curve = b"".join(v.to_bytes(size, "big") for v in (A, B, *G))
    za = sm3((len(identity) * 8).to_bytes(2, "big") + identity + curve + public[1:])
    e = int.from_bytes(sm3(za + message), "big")
    t = (r + s) % N
    point = plus(times(s, G), times(t, (x, y)))
    return t != 0 and point is not None and (e + point[0]) % N == r


def check(name, key=None):
    faults = []
    with zipfile.ZipFile(name) as z:
        inside = {n: z.read(n) for n in z.namelist()}
    listed = set()
    for line in inside.get("digests.txt", b"").decode().splitlines():
        sm, sha, size, path = line.split("  ", 3)
        listed.add(path)
        data = inside.get(path)
        if data is None:
            faults.append(f"{path} is missing")
        elif sm3(data).hex() != sm or hashlib.sha256(data).hexdigest() != sha or len(data) != int(size):
            faults.append(f"{path} was changed")
    for path in inside:
        if path not in listed and path not in ("digests.txt", "signature.json"):
            faults.append(f"{path} is not on the list")
    if not listed:
        faults.append("there is no list of digests")
    seal = json.loads(inside.get("signature.json", b"{}"))
    digest = sm3(inside.get("digests.txt", b"")).hex()
    if not seal.get("signed"):
        faults.append("it is not signed")
    elif seal["digest"] != digest:
        faults.append("the signature is over another list")
    elif not sm2(bytes.fromhex(seal["publicKey"]), digest.encode(), bytes.fromhex(seal["signature"])):
        faults.append("the signature does not hold")
    elif key and seal["key"] != key:
        faults.append(f"it is signed with {seal['key']}, not with {key}")
    return faults, len(listed), seal.get("key", "")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    found, count, signer = check(*sys.argv[1:])
    for fault in found:
        print(fault)
    print(f"{count} files, key {signer}: " + ("NOT WHOLE" if found else "whole"))
    sys.exit(1 if found else 0)
