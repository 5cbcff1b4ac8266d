import { join } from 'node:path'

/** Where clients find the certificate of the own authority. */
export const ownCaFile = (data: string): string => join(data, 'tls', 'ca.pem')
