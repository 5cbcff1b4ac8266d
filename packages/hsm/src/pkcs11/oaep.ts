import pkcs11 from 'pkcs11js'

/** The only source there is (PKCS#11 v2.40, 2.1.7). */
const CKZ_DATA_SPECIFIED = 1

const parameter: pkcs11.RsaOAEP = {
  type: pkcs11.CK_PARAMS_RSA_OAEP,
  hashAlg: pkcs11.CKM_SHA_1,
  mgf: pkcs11.CKG_MGF1_SHA1,
  source: CKZ_DATA_SPECIFIED,
}

/** RSAES-OAEP with SHA-1, the one form that every token has. */
export const oaepSha1: pkcs11.Mechanism = { mechanism: pkcs11.CKM_RSA_PKCS_OAEP, parameter }
