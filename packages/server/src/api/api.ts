import { isRecorded } from '@hufu/kms'
import { actions, type Caller, errorCatalogue, HufuError, isHufuError, type KeyOperations, parseWith } from '@hufu/wire'
import type { Logger } from 'pino'
import { Admission } from '../authenticate/admission.ts'
import { anonymous } from '../authenticate/authenticator.ts'
import type { RevokedSerials } from '../authenticate/certificates.ts'
import type { Signers } from '../authenticate/signers.ts'
import { awsDialect } from '../dialect/aws.ts'
import type { Credential, Dialect, NamedAction, Reply } from '../dialect/dialect.ts'
import { queryDialect } from '../dialect/query.ts'
import { tencentDialect } from '../dialect/tencent.ts'
import { isQuery, isTencent } from '../dialect/which-dialect.ts'
import type { KmsPort } from '../kms-port.ts'
import { RateLimit } from '../limit/rate-limit.ts'
import type { Metrics } from '../operate/metrics.ts'
import type { Received } from '../request/received.ts'
import { auditRecord, type Life } from './audit-record.ts'
import { cloudAuditActions } from './cloud-audit-actions.ts'
import { cloudTrailActions } from './cloud-trail-actions.ts'
import type { StillProven } from './event-stream.ts'
import { listAuditAction } from './list-audit-action.ts'
import { proveAuditActions } from './prove-audit-actions.ts'
import { type Outcome, Repeats } from './repeats.ts'
import { replicaActions } from './replica-actions.ts'
import { signingKeyAction } from './signing-key-action.ts'

/** Requests a second; 0 for no limit. */
export interface RateLimits {
  readonly perIdentity: number
  readonly perAddress: number
}

/** A request of which it is known who asks what. */
interface Call {
  readonly request: Received
  readonly life: Life
  readonly named: NamedAction
  readonly caller: Caller
}

export interface ApiOptions {
  readonly limits: RateLimits
  readonly kms: KmsPort
  readonly signers: Signers
  readonly revoked: RevokedSerials
  readonly clock: () => number
  readonly metrics: Metrics
  readonly log: Logger
}

/**
 * One request's life: the dialect tells what is asked and who says to ask; the signature proves it; the
 * schema reads the parameters; the domain authorises, acts and audits; the dialect writes the answer.
 * What is refused before the domain is audited here, before it is answered.
 */
export class Api {
  readonly #kms: KmsPort
  readonly #clock: () => number
  readonly #metrics: Metrics
  readonly #log: Logger
  readonly #admission: Admission
  readonly #repeats: Repeats
  readonly #addresses: RateLimit
  readonly #aws: Dialect
  readonly #tencent: Dialect
  readonly #query = queryDialect()

  constructor({ kms, signers, revoked, clock, metrics, log, limits }: ApiOptions) {
    const limit = new RateLimit(limits.perIdentity, 'identity', clock)
    this.#addresses = new RateLimit(limits.perAddress, 'address', clock)
    this.#kms = kms
    this.#clock = clock
    this.#metrics = metrics
    this.#log = log
    this.#admission = new Admission({ kms, signers, clock, revoked, limit })
    this.#repeats = new Repeats(kms.answers, (error) => log.error({ err: error }, 'an answer was not kept'))
    this.#aws = awsDialect([
      ...actions,
      signingKeyAction(signers),
      ...replicaActions(signers),
      listAuditAction(kms),
      ...proveAuditActions(kms),
      ...cloudTrailActions(kms),
    ])
    this.#tencent = tencentDialect([...actions, ...cloudAuditActions(kms)])
  }

  async handle(request: Received): Promise<Reply> {
    const started = performance.now()
    const life: Life = { dialect: this.#dialect(request) }
    const outcome = await this.#outcome(request, life)
    const action = life.named?.action.permission ?? ''
    const code = isHufuError(outcome) ? outcome.code : life.repeats === undefined ? 'ok' : 'Replayed'
    this.#metrics.answered(life.dialect.name, action, code, performance.now() - started)
    return isHufuError(outcome) ? life.dialect.refuse(request, outcome) : outcome
  }

  /** The answer to a request that was cut off before it was whole; audited like any other. */
  async refuse(request: Received, error: HufuError): Promise<Reply> {
    const dialect = this.#dialect(request)
    return dialect.refuse(request, await this.#audited(request, { dialect }, error))
  }

  /** Whether who asks for the event stream is proven still, when they are, which then is in the audit; else the refusal. */
  async authorizeStream(request: Received): Promise<Reply | StillProven> {
    const life: Life = { dialect: this.#dialect(request), actionName: 'ListenToKeyEvents' }
    try {
      const proven = await this.#admission.prove(request, life.dialect)
      const { requestId, sourceIp } = request
      life.caller = { ...proven.holder, requestId, sourceIp }
      await this.#audit(request, life, 'ok')
      return () => this.#admission.holds(request, proven)
    } catch (error) {
      return life.dialect.refuse(request, await this.#audited(request, life, this.#known(request, error)))
    }
  }

  /** Resolves when nothing is under way any more. */
  close(): Promise<void> {
    return this.#admission.close()
  }

  async #outcome(request: Received, life: Life): Promise<Outcome> {
    try {
      this.#addresses.take(request.sourceIp)
      const named = life.dialect.action(request)
      life.named = named
      const admitted = named.action.unsigned ? anonymous(request) : this.#admission.admit(request, life.dialect)
      const { caller, credential } = admitted instanceof Promise ? await admitted : admitted
      life.caller = caller
      const call = { request, life, named, caller }
      if (credential !== null && named.action.changes) return await this.#once(call, credential)
      return await this.#act(call)
    } catch (error) {
      return this.#audited(request, life, this.#known(request, error))
    }
  }

  /** Never throws. */
  async #act({ request, life, named, caller }: Call): Promise<Outcome> {
    let isAudited = false
    try {
      const parameters = life.dialect.parameters(request)
      const input = parseWith(named.form.request, parameters)
      const output = await named.action.call(this.#keys(caller, parameters), input, this.#kms)
      if (named.action.inServer) await this.#audit(request, life, 'ok')
      isAudited = true
      return life.dialect.answer(request, named.form.answer(output, input))
    } catch (error) {
      const known = this.#known(request, error)
      return isAudited || isRecorded(known) ? known : this.#audited(request, life, known)
    }
  }

  /** A schema lets `DryRun` through only where the action has it. */
  #keys(caller: Caller, parameters: Readonly<Record<string, unknown>>): KeyOperations {
    return parameters.DryRun === true ? this.#kms.as(caller, { dryRun: true }) : this.#kms.as(caller)
  }

  #once(call: Call, credential: Credential): Promise<Outcome> {
    const { request, life } = call
    return this.#repeats.once({
      requestId: request.requestId,
      actionName: life.dialect.actionName(request),
      credential,
      act: () => this.#act(call),
      reply: (outcome) => (isHufuError(outcome) ? life.dialect.refuse(request, outcome) : outcome),
      repeated: (firstId) => {
        life.repeats = firstId
        const repeat = new HufuError('Replayed', `the request ${firstId} again, answered as it was`)
        return this.#audit(request, life, repeat)
      },
    })
  }

  /** The refusal once it is audited; or, when it can't be, that it can't be. */
  async #audited(request: Received, life: Life, refused: HufuError): Promise<HufuError> {
    try {
      await this.#audit(request, life, refused)
      return refused
    } catch (error) {
      return this.#known(request, error)
    }
  }

  #audit(request: Received, life: Life, outcome: 'ok' | HufuError): Promise<void> {
    return this.#kms.audit.append(auditRecord(request, life, outcome, this.#clock()))
  }

  #known(request: Received, error: unknown): HufuError {
    const known = isHufuError(error) ? error : new HufuError('Internal', 'an internal error', { cause: error })
    if (errorCatalogue[known.code].status >= 500)
      this.#log.error({ requestId: request.requestId, err: known }, 'failed')
    return known
  }

  #dialect(request: Received): Dialect {
    if (isQuery(request)) return this.#query
    return isTencent(request) ? this.#tencent : this.#aws
  }
}
