/** Bytes as they come: an array, a Node stream, a web stream, a generator. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>
