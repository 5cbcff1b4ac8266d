import type { Recipient } from '@hufu/crypto'
import { HufuError, keyIdOfArn } from '@hufu/wire'
import { Region, type RegionOptions } from './region.ts'

/** Its id is the same in every region that has it. */
export const isMultiRegion = ({ keyId }: Pick<Recipient, 'keyId'>): boolean => keyIdOfArn(keyId).startsWith('mrk-')

/** A key that a caller named, and the region that has it. */
export interface PlacedKey {
  readonly region: Region
  readonly keyId: string
  /** As the caller would name it: `a:alias/films`. */
  readonly name: string
}

/** The key services that one client knows, in its own order. */
export class Regions {
  readonly #regions: readonly Region[]

  constructor(options: readonly RegionOptions[]) {
    this.#regions = options.map((one) => new Region(one))
    if (options.length === 0) throw new TypeError('expected at least one region')
    if (new Set(options.map(({ name }) => name)).size < options.length)
      throw new TypeError('expected each region to have a name of its own')
  }

  /** Reads `a:KEY`, or a bare key where its region is plain: there is only one, or its ARN says so. */
  place(name: string): PlacedKey {
    const colon = name.indexOf(':')
    const prefixed = name.startsWith('arn:') ? undefined : this.#named(name.slice(0, Math.max(0, colon)))
    if (prefixed !== undefined) return { region: prefixed, keyId: name.slice(colon + 1), name }
    const [only, another] = this.#regions
    const region = another === undefined ? only : this.#named(name.split(':')[3])
    if (region !== undefined) return { region, keyId: name, name: `${region.name}:${name}` }
    const known = this.#regions.map((one) => `${one.name}:`).join(', ')
    throw new HufuError('InvalidKeyId', `expected a key with its region in front (${known}), received ${name}`)
  }

  /**
   * Who may be able to open what a recipient holds: the region of that name; if it is not known, all of its kind. Of a
   * multi-Region key the others may have a replica, so they come after it.
   */
  ofRecipient(recipient: Pick<Recipient, 'provider' | 'region' | 'keyId'>): readonly Region[] {
    const ofKind = this.#regions.filter((one) => one.provider === recipient.provider)
    const named = ofKind.filter(({ name }) => name === recipient.region)
    if (named.length === 0) return ofKind
    return isMultiRegion(recipient) ? [...named, ...ofKind.filter((one) => !named.includes(one))] : named
  }

  #named(name: string | undefined): Region | undefined {
    return this.#regions.find((region) => region.name === name)
  }
}
