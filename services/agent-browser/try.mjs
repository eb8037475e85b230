import { chromium } from 'playwright';
const t=performance.now();
const b = await chromium.launch({executablePath:'/tmp/b1/launch.sh', chromiumSandbox:true, env:{SB_CHROMIUM:'/tmp/b1/x/chromium',LD_LIBRARY_PATH:'/tmp/b1/x/lib',FONTCONFIG_FILE:'/tmp/b1/fonts.conf',PATH:process.env.PATH,HOME:'/tmp/b1/home'}, args:[]});
console.log(b.version(), performance.now()-t);
const p = await b.newPage();
await p.goto('data:text/html,<h1>hi</h1>');
console.log(await p.title(), await p.evaluate('1+1'), performance.now()-t);
await p.screenshot({path:'/tmp/b1/a.png'});
console.log(performance.now()-t);
try { await p.goto('chrome://sandbox'); console.log((await p.locator('body').innerText()).slice(0,600)); } catch(e){console.log(e.message.slice(0,300));}
const {execSync}=await import('node:child_process');
console.log(execSync('ps -eo pid,ppid,rss,args | grep /tmp/b1/x/chromium | grep -v grep | cut -c1-150').toString());
for (const l of execSync("pgrep -f b1/x/chromium").toString().trim().split('\n')) { try{console.log(l, execSync(`grep -E 'Seccomp:|NoNewPrivs|NSpid|CapEff' /proc/${l}/status | tr '\n' ' '; readlink /proc/${l}/ns/user /proc/${l}/ns/net | tr '\n' ' '`).toString());}catch{} }
await b.close();
