declare module 'sm-crypto' {
  /** Keys, signatures and ciphertexts in hex. */
  export const sm2: {
    generateKeyPairHex(): { privateKey: string; publicKey: string }
    doEncrypt(message: Uint8Array, publicKey: string, mode: 1): string
    doDecrypt(ciphertext: string, privateKey: string, mode: 1, options: { output: 'array' }): number[]
    doSignature(message: Uint8Array, privateKey: string, options: { hash: true; publicKey: string }): string
    doVerifySignature(message: Uint8Array, signature: string, publicKey: string, options: { hash: true }): boolean
  }
}
