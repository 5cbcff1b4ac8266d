import { header, type Received } from '../request/received.ts'

const QUERY_VERSION = /(^|&)Version=(2010-05-08|2011-06-15)(&|$)/

/**
 * AWS's query protocol: a form that names IAM's or STS's version, which none of Tencent's APIs has, or that is signed
 * with SigV4, for whatever service.
 */
export function isQuery(request: Received): boolean {
  if (header(request, 'x-tc-action') !== undefined || header(request, 'x-amz-target') !== undefined) return false
  const isForm = header(request, 'content-type')?.startsWith('application/x-www-form-urlencoded') === true
  if (!isForm) return false
  const isSigV4 = header(request, 'authorization')?.startsWith('AWS4-') === true
  return isSigV4 || QUERY_VERSION.test(request.body.toString('latin1'))
}

/** Tells the dialects apart by what only one of them sends; a request of neither is answered as AWS's. */
export function isTencent(request: Received): boolean {
  if (header(request, 'x-tc-action') !== undefined) return true
  if (header(request, 'x-amz-target') !== undefined) return false
  if (header(request, 'authorization')?.startsWith('TC3')) return true
  if (request.method === 'GET') return /(^|&)Action=/.test(request.query)
  const isForm = header(request, 'content-type')?.startsWith('application/x-www-form-urlencoded') === true
  return isForm && request.body.includes('Action=')
}
