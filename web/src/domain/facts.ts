/** The fields of partners' facts, for registering them by hand (domain/integration.md §4). */
export interface FactField {
  key: string
  kind: 'text' | 'money' | 'date'
  must: boolean
}

const text = (key: string, must = false): FactField => ({ key, kind: 'text', must })
const money = (key: string): FactField => ({ key, kind: 'money', must: true })
const date = (key: string): FactField => ({ key, kind: 'date', must: true })
const told = (key: string): FactField => ({ key, kind: 'date', must: false })

const fields: Record<string, FactField[]> = {
  'budget.issued': [text('bgt_id', true), text('cor_bgt_doc_no', true), date('doc_date'), text('fiscal_year', true), text('fund_type_code'), money('amount')],
  'budget.rejected': [text('reason_code'), text('reason', true)],
  'payment.applied': [text('pay_app_no', true), money('pay_app_amt'), text('contract_no', true), date('create_date')],
  'payment.paid': [text('pay_cert_no', true), text('pay_app_no'), text('contract_no', true), money('xpay_amt'), date('xpay_date')],
  'payment.rejected': [text('pay_app_no', true), text('reason', true)],
  'payment.refunded': [text('pay_cert_no', true), text('refund_no', true), money('amount'), date('date'), text('reason')],
  'procurement.plan_filed': [text('plan_no', true), date('filed_at')],
  'procurement.plan_rejected': [text('reason', true)],
  'procurement.notice_published': [text('package_no', true), text('section_code', true), text('mode'), money('limit_price'), date('published_at')],
  'procurement.opened': [text('section_code', true), text('bidder_count', true)],
  'procurement.awarded': [text('package_no', true), text('section_code', true), money('win_bid_price'), date('notice_at'), told('evaluated_on'), told('reported_on'), told('decided_on')],
  'procurement.failed': [text('package_no', true), text('section_code', true), text('reason_code', true), date('at')],
  'procurement.suspended': [text('section_code', true), text('kind', true), date('from')],
  'procurement.resumed': [text('section_code', true), date('from')],
  'procurement.contract_signed': [text('contract_no', true), text('section_code'), money('amount'), date('signed_on')],
  'procurement.contract_published': [text('contract_no', true), date('at')],
  'procurement.contract_filed': [text('contract_no', true), date('at')],
}

/** The fields of an event type; an unknown one takes a number, an amount and a note. */
export const factFields = (eventType: string): FactField[] => fields[eventType] ?? (eventType ? [text('ref'), { ...money('amount'), must: false }, text('note')] : [])
