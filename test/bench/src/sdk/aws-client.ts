import { randomBytes } from 'node:crypto'
import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  getLocalCryptographicMaterialsCache,
  NodeCachingMaterialsManager,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node'

/** The suite without signatures: the faster one of those that the client makes. */
const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY

const { encrypt, decrypt, encryptStream, decryptUnsignedMessageStream } = buildClient(
  CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
)

const keyring = new RawAesKeyringNode({
  keyName: 'bench',
  keyNamespace: 'bench',
  unencryptedMasterKey: randomBytes(32),
  wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
})

/** Its own cache of data keys, as its documentation sets it up. */
const cached = new NodeCachingMaterialsManager({
  backingMaterials: keyring,
  cache: getLocalCryptographicMaterialsCache(1000),
  maxAge: 3_600_000,
  maxMessagesEncrypted: 2 ** 31,
})

export const aws = {
  sealMessage: async (plaintext: Buffer) => (await encrypt(cached, plaintext, { suiteId })).result,
  openMessage: async (sealed: Buffer) => (await decrypt(cached, sealed)).plaintext,
  sealStream: () => encryptStream(keyring, { suiteId, frameLength: 65_536 }),
  openStream: () => decryptUnsignedMessageStream(keyring),
}
