"""A reader and writer of sealed messages, written from docs/formats/sealed-message.md alone.

    sealed_message.py inspect                                       < message
    sealed_message.py open  --key HEX … --context JSON              < message   > plaintext
    sealed_message.py seal  --key HEX --suite 1 --context JSON
                            --recipients JSON [--segment-size 16]   < plaintext > message

The data key is given in hex; with a threshold, one --key for each share. It is for tests: keys on a command line are
no secrets.
"""

import argparse
import hashlib
import hmac
import json
import os
import struct
import subprocess
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TAG = 16


class Refused(Exception):
    """Malformed or not authentic."""


def refuse_unless(condition):
    if not condition:
        raise Refused


# --- suites -----------------------------------------------------------------------------------------------------------


class AesSuite:
    key_size = 32
    hash = staticmethod(hashlib.sha256)

    @staticmethod
    def seal(key, nonce, plaintext):
        return AESGCM(key).encrypt(nonce, plaintext, b"")

    @staticmethod
    def open(key, nonce, sealed):
        try:
            return AESGCM(key).decrypt(nonce, sealed, b"")
        except InvalidTag:
            raise Refused from None


class Sm4Suite:
    """SM4-GCM (RFC 8998) from the openssl command's SM4 and GHASH in Python: slow, and independent."""

    key_size = 16

    @staticmethod
    def hash(data=b""):
        return hashlib.new("sm3", data)

    @classmethod
    def seal(cls, key, nonce, plaintext):
        ciphertext = cls._counter(key, nonce, plaintext)
        return ciphertext + cls._tag(key, nonce, ciphertext)

    @classmethod
    def open(cls, key, nonce, sealed):
        ciphertext, tag = sealed[:-TAG], sealed[-TAG:]
        refuse_unless(hmac.compare_digest(tag, cls._tag(key, nonce, ciphertext)))
        return cls._counter(key, nonce, ciphertext)

    @staticmethod
    def _openssl(mode, key, data, *more):
        command = ["openssl", "enc", "-e", f"-sm4-{mode}", "-nopad", "-K", key.hex(), *more]
        return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout

    @classmethod
    def _counter(cls, key, nonce, data):
        """SP 800-38D, 6.5: GCTR from the second counter block."""
        return cls._openssl("ctr", key, data, "-iv", (nonce + b"\0\0\0\2").hex()) if data else b""

    @classmethod
    def _tag(cls, key, nonce, ciphertext):
        blocks = cls._openssl("ecb", key, bytes(16) + nonce + b"\0\0\0\1")
        h, mask = (int.from_bytes(blocks[i : i + 16], "big") for i in (0, 16))
        padded = ciphertext + bytes(-len(ciphertext) % 16)
        y = 0
        for block in (*(padded[i : i + 16] for i in range(0, len(padded), 16)), struct.pack(">QQ", 0, 8 * len(ciphertext))):
            y = cls._multiply(y ^ int.from_bytes(block, "big"), h)
        return (y ^ mask).to_bytes(16, "big")

    @staticmethod
    def _multiply(x, y):
        """SP 800-38D, 6.3: in GF(2^128), the leftmost bit the lowest power."""
        z = 0
        for i in range(127, -1, -1):
            if x >> i & 1:
                z ^= y
            y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
        return z


SUITES = {1: AesSuite, 2: Sm4Suite}


def mac(suite, key, data):
    return hmac.new(key, data, suite.hash).digest()


def expand(suite, prk, info, size):
    """HKDF-Expand (RFC 5869, 2.3) of at most one block."""
    return mac(suite, prk, info + b"\1")[:size]


# --- header -----------------------------------------------------------------------------------------------------------


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        refuse_unless(self.at + size <= len(self.data))
        self.at += size
        return self.data[self.at - size : self.at]

    def integer(self, size):
        return int.from_bytes(self.take(size), "big")

    def text(self, size):
        try:
            return self.take(size).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused from None


def encode_context(context):
    pairs = sorted((key.encode(), value.encode()) for key, value in context.items())
    sized = lambda data: struct.pack(">H", len(data)) + data
    return struct.pack(">H", len(pairs)) + b"".join(sized(key) + sized(value) for key, value in pairs)


def parse_context(data):
    reader = Reader(data)
    pairs = [(reader.text(reader.integer(2)), reader.text(reader.integer(2))) for _ in range(reader.integer(2))]
    context = dict(pairs)
    refuse_unless(encode_context(context) == data)
    return context


def parse_recipients(data, count):
    reader, recipients = Reader(data), []
    for _ in range(count):
        recipient = {}
        for name, size_bytes, limit in (("provider", 1, 32), ("region", 1, 64), ("keyId", 2, 512)):
            size = reader.integer(size_bytes)
            refuse_unless(1 <= size <= limit)
            recipient[name] = reader.text(size)
        refuse_unless(all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in recipient["provider"]))
        size = reader.integer(2)
        refuse_unless(1 <= size <= 6144)
        recipient["wrappedKey"] = reader.take(size).hex()
        recipients.append(recipient)
    refuse_unless(reader.at == len(data))
    return recipients


def encode_recipient(recipient):
    provider, region, key = (recipient[name].encode() for name in ("provider", "region", "keyId"))
    wrapped = bytes.fromhex(recipient["wrappedKey"])
    return b"".join(
        (bytes([len(provider)]), provider, bytes([len(region)]), region)
        + (struct.pack(">H", len(key)), key, struct.pack(">H", len(wrapped)), wrapped)
    )


def parse_header(message):
    head = Reader(message)
    refuse_unless(head.take(4) == b"HUFU" and head.integer(1) == 1)
    suite, segment_size, flags, salt = head.integer(1), head.integer(1), head.integer(1), head.take(32)
    threshold, count, context_size, recipients_size = (head.integer(size) for size in (1, 1, 2, 4))
    refuse_unless(suite in SUITES and 12 <= segment_size <= 20 and flags == 0)
    refuse_unless(1 <= count <= 128 and 1 <= threshold <= count)
    refuse_unless(2 <= context_size <= 8192 and 10 * count <= recipients_size <= 6758 * count)
    context = parse_context(head.take(context_size))
    recipients = parse_recipients(head.take(recipients_size), count)
    signed = message[: head.at]
    return {
        "suite": suite,
        "segmentSize": segment_size,
        "salt": salt,
        "threshold": threshold,
        "context": context,
        "recipients": recipients,
        "signed": signed,
        "mac": head.take(32),
        "size": head.at,
    }


# --- keys -------------------------------------------------------------------------------------------------------------


def derive(suite_number, salt, data_key, segment_size, context):
    suite = SUITES[suite_number]
    prk = mac(suite, salt, data_key)
    info = b"hufu/message/payload" + bytes([suite_number, segment_size]) + encode_context(context)
    return expand(suite, prk, b"hufu/message/header", 32), expand(suite, prk, info, suite.key_size)


def multiply(a, b):
    """In GF(2^8) with x^8 + x^4 + x^3 + x + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def inverse(a):
    return next(b for b in range(1, 256) if multiply(a, b) == 1)


def combine(shares):
    """Lagrange's interpolation at 0 of each byte, from shares of 32 values and one x."""
    refuse_unless(len({share[-1] for share in shares}) == len(shares) and all(len(share) == 33 for share in shares))
    secret = bytearray(32)
    for share in shares:
        weight = 1
        for other in shares:
            if other is not share:
                weight = multiply(weight, multiply(other[-1], inverse(other[-1] ^ share[-1])))
        for i in range(32):
            secret[i] ^= multiply(share[i], weight)
    return bytes(secret)


# --- message ----------------------------------------------------------------------------------------------------------


def nonce(index, last):
    return index.to_bytes(11, "big") + (b"\1" if last else b"\0")


def open_message(keys, context, message):
    header = parse_header(message)
    refuse_unless(header["context"] == context)
    refuse_unless(len(keys) >= header["threshold"])
    data_key = keys[0] if header["threshold"] == 1 else combine(keys[: header["threshold"]])
    mac_key, payload_key = derive(header["suite"], header["salt"], data_key, header["segmentSize"], context)
    suite = SUITES[header["suite"]]
    refuse_unless(hmac.compare_digest(mac(suite, mac_key, header["signed"]), header["mac"]))
    payload, piece = message[header["size"] :], 2 ** header["segmentSize"] + TAG
    count = -(-len(payload) // piece)
    refuse_unless(count > 0 and len(payload) - piece * (count - 1) >= TAG + (count > 1))
    segments = (payload[i * piece : (i + 1) * piece] for i in range(count))
    return b"".join(suite.open(payload_key, nonce(i, i == count - 1), s) for i, s in enumerate(segments))


def seal_message(data_key, suite_number, segment_size, context, recipients, plaintext):
    suite, salt = SUITES[suite_number], os.urandom(32)
    mac_key, payload_key = derive(suite_number, salt, data_key, segment_size, context)
    encoded, listed = encode_context(context), b"".join(map(encode_recipient, recipients))
    head = b"HUFU" + bytes([1, suite_number, segment_size, 0]) + salt + bytes([1, len(recipients)])
    header = head + struct.pack(">HI", len(encoded), len(listed)) + encoded + listed
    size = 2**segment_size
    count = max(1, -(-len(plaintext) // size))
    pieces = (plaintext[i * size : (i + 1) * size] for i in range(count))
    payload = (suite.seal(payload_key, nonce(i, i == count - 1), p) for i, p in enumerate(pieces))
    return header + mac(suite, mac_key, header) + b"".join(payload)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["inspect", "open", "seal"])
    parser.add_argument("--key", action="append", type=bytes.fromhex)
    parser.add_argument("--context", type=json.loads, default={})
    parser.add_argument("--suite", type=int, default=1)
    parser.add_argument("--segment-size", type=int, default=16)
    parser.add_argument("--recipients", type=json.loads)
    given, data = parser.parse_args(), sys.stdin.buffer.read()
    try:
        if given.command == "inspect":
            header = parse_header(data)
            shown = {name: header[name] for name in ("suite", "segmentSize", "threshold", "context", "recipients")}
            print(json.dumps(shown))
        elif given.command == "open":
            sys.stdout.buffer.write(open_message(given.key, given.context, data))
        else:
            sealed = seal_message(
                given.key[0], given.suite, given.segment_size, given.context, given.recipients, data
            )
            sys.stdout.buffer.write(sealed)
    except Refused:
        sys.exit("refused: malformed or not authentic")


if __name__ == "__main__":
    main()
