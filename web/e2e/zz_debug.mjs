import { chromium } from 'playwright-core'
import { Person } from './person.mjs'
import { clickTwice } from './records.mjs'
const url = 'http://127.0.0.1:39001'
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] })
const { people } = await (await fetch(`${url}/api/v1/people`)).json()
const holders = new Map()
for (const person of people) for (const post of person.posts) holders.set(post.id, [...(holders.get(post.id) ?? []), person.id])
const first = (post) => holders.get(post)?.[0]
let last
const as = async (id, how) => (last = await new Person(browser, url, id.includes('@') ? first(id) : id, () => {}).signIn(how))
const clerkPost = [...holders.keys()].find((id) => id.startsWith('APPLY_CLERK@') && first(id.replace('APPLY_CLERK', 'APPLY_LEADER')))
const clerk = await as(first(clerkPost))
clerk.context.setDefaultTimeout(15000)
try { await clickTwice(clerk, async (...a) => { const p = await as(...a); p.context.setDefaultTimeout(15000); p.page.on('request', r => r.method()==='POST' && console.log(r.url(), r.postData()?.slice(0,80))); p.page.on('framenavigated', f => console.log('nav', f.url())); return p }, clerkPost.split('@')[1], console.log) } catch (e) { console.log(e); await last.page.screenshot({ path: '/tmp/dbg.png' }); console.log(last.page.url()) }
await browser.close()
