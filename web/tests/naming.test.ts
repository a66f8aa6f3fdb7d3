import { afterEach, describe, expect, it } from 'vitest'
import { leadTo, nameOf } from '@/naming'

afterEach(() => (document.body.innerHTML = ''))

describe('the name of a field', () => {
  it.each([
    ['a label', '<label for="x">系统名称<span aria-hidden="true">*</span></label><input id="x">', '系统名称'],
    ['a label around it', '<label><span class="lb">去哪里 <span class="qq">可不填</span></span><select id="x"><option>合肥</option></select></label>', '去哪里'],
    ['a ticked box', '<label><input type="checkbox" id="x">我已核对<span aria-hidden="true">*</span></label>', '我已核对'],
    ['pills', '<fieldset id="x"><legend>办什么<span aria-hidden="true">*</span></legend><label>新开<input type="radio"></label></fieldset>', '办什么'],
    ['a cell of a list', '<table><tr data-within="资源 第 2 项"><td><input id="x" aria-label="台数"></td></tr></table>', '资源 第 2 项 · 台数'],
    ['a list', '<fieldset><legend>资源 <span class="qq">2</span></legend><button id="x">加一项资源</button></fieldset>', '资源'],
    ['files', '<label>添加文件<input id="x" type="file" data-name="要盖的文件"></label>', '要盖的文件'],
    ['nothing of this id', '<input id="y">', ''],
  ])('%s', (_, html, name) => {
    document.body.innerHTML = html
    expect(nameOf('x')).toBe(name)
  })

  it('leads into what is folded away', () => {
    document.body.innerHTML = '<details><summary>更多</summary><input id="x"></details>'
    leadTo('x')
    expect(document.querySelector('details')!.hasAttribute('open')).toBe(true)
    expect(document.activeElement?.id).toBe('x')
    expect(() => leadTo('not-there')).not.toThrow()
  })
})
