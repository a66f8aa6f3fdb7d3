/** A document that a project rests on. */
export interface Basis { title: string; docNo: string }

/** Reads “关于……的意见 国办发〔2021〕1号”: what follows the last blank is the number when it names a year in brackets. */
export function readBasis(line: string): Basis {
  const at = line.trim().search(/\s\S*[〔[（(]\d{4}[〕\])）]\S*$/)
  return at < 0 ? { title: line.trim(), docNo: '' } : { title: line.trim().slice(0, at).trim(), docNo: line.trim().slice(at).trim() }
}
