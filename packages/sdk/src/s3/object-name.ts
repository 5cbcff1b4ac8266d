/** Where an object lies. */
export interface S3ObjectName {
  readonly bucket: string
  readonly key: string
}

/** The name as a copy's source is given: percent-encoded but for the slashes. */
export const copySourceOf = ({ bucket, key }: S3ObjectName): string =>
  `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`
