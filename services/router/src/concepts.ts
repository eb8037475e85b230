// Everyday English words that mean nearly the same: a second, weaker vote beside the words themselves. General language only.
import { stem } from './stem.ts';

/** One group a line. A phrase counts where its words stand side by side. */
const groups = `
delete remove erase discard trash wipe purge drop scrap bin destroy dispose|get rid of|throw away|throw out|take out|blow away
create make add new generate build produce compose draft|set up|put together|come up with
list show display view see|what are|bring up|pull up|let me see
show display view see present reveal|bring up|pull up
read open view load|take a look at|have a look at|look at
write save store put record jot note|write down|jot down|take down
find search locate lookup look hunt seek query discover|look up|look for|track down|dig up
check verify inspect examine test validate review|look into|find out|make sure
send mail deliver dispatch forward transmit shoot fire drop
message text ping dm chat im sms note line
email mail inbox mailbox gmail
reply respond answer response|write back|get back to
change update edit modify alter adjust revise amend correct set fix
rename retitle relabel|call it
move relocate transfer shift migrate drag put
copy duplicate clone replicate backup
start launch run execute begin boot open fire activate|kick off|spin up|turn on|power up|fire up
stop end halt kill terminate quit close shut finish abort|shut down|turn off|power down|shut off
cancel abort drop scrap withdraw revoke|call off|back out of
pause hold suspend freeze|put on hold
resume continue unpause|carry on|pick up where
enable activate on|turn on|switch on|power on
disable deactivate off|turn off|switch off|shut off|power off
lock secure|lock up
unlock open
raise increase up higher boost louder|turn up|crank up|bump up|speed up
lower decrease reduce down dim cut quieter|turn down|bring down|cool down|slow down
buy purchase order get acquire checkout
sell offload
pay settle transfer send remit
book reserve schedule arrange|set up|sign up for
schedule plan arrange book organize|set up|pencil in|put in
appointment meeting event call session sync catchup standup
calendar agenda schedule diary day plans
reschedule postpone move delay push shift rearrange|push back|put off
remind reminder remember alert nudge|do not forget|do not let me forget
alarm wake
notify alert warn inform notification tell
invite add ask include bring
accept approve confirm agree allow okay grant|sign off|say yes|go ahead
reject decline deny refuse disapprove|turn down|say no
assign give delegate allocate hand
task todo job chore item action
note memo notes
finish complete done close resolve tick|mark as done|check off|cross off|wrap up
download fetch get retrieve pull grab
upload push post attach put submit
share send publish give distribute
publish post release announce broadcast tweet
subscribe join follow|sign up
unsubscribe leave unfollow quit|opt out
summarize summary digest recap overview brief outline gist tldr condense|sum up|key points|main points
translate say convert language
explain describe clarify define definition meaning mean
convert change transform turn exchange
calculate compute work figure total sum add math|work out|figure out
count number many total amount
compare difference versus diff contrast
sort order arrange rank organize
filter narrow limit only
merge combine join unite
split divide separate break
compress zip archive pack shrink
extract unzip unpack decompress
archive file store
restore recover undelete bring|bring back|get back
undo revert rollback|roll back|take back
install add setup deploy
uninstall remove
upgrade update newer latest
restart reboot reset bounce cycle
reset clear restore default
refresh reload update
sync synchronize
connect link pair attach join
disconnect unlink unpair detach
import load ingest bring
export save dump output download
print paper hardcopy
scan digitize
play listen put stream hear watch
skip next forward
music song track tune album playlist
video movie film clip show
photo picture image pic snapshot shot
document doc paper file report
file document
folder directory
spreadsheet sheet excel table csv
presentation slides deck powerpoint
page website site webpage web
link url address
contact person people address|address book
customer client account buyer
supplier vendor
company business organization firm
employee staff worker colleague teammate
team group crew
boss manager supervisor
invoice bill
expense cost spending expenditure receipt
money cash funds dollars bucks
balance account funds left|how much money|how much do i have
budget spending limit allowance
salary pay wage payroll payslip paycheck
tax taxes vat
refund reimburse money return
order purchase
product item article goods sku
stock inventory supply|on hand|in stock
price cost rate fee charge expensive|how much is|how much does
ship deliver delivery shipment parcel package shipping
track follow trace status where|where is
return refund exchange
cart basket
shopping groceries grocery
weather forecast rain temperature sunny cold
temperature heat heating thermostat degrees warm cool warmer cooler
light lamp lights bulb lighting lamps
door gate entrance garage
window blind blinds curtain shade shutter
vacuum hoover clean robot
tv television
camera cam footage
flight plane fly airline
hotel room accommodation stay lodging
trip travel journey vacation holiday
taxi cab ride uber lyft
car vehicle auto
train rail railway
restaurant dinner table eat dine
recipe cook dish meal
food meal eat lunch dinner
doctor physician gp clinic
medicine medication pill drug prescription meds
exercise workout training gym
sleep slept rest bed
weight weigh
water drink hydration
leave vacation holiday pto absence|time off|day off|days off
sick ill unwell
hire recruit
candidate applicant
ticket issue case bug request
bug defect error problem fault crash
error failure problem issue wrong broken
incident outage alert down
server machine host box instance node
service daemon process app
log logs logging
metric statistics stats usage figures numbers
memory ram
disk storage space drive
network internet connection wifi
password passcode credential pin
user account login member
permission access right privilege role
branch fork
commit revision change checkin
repository repo codebase
deploy release ship rollout|roll out|push live
build compile
command shell terminal script cmd
code script program
database db table sql
backup snapshot copy
news headlines stories headline
joke funny laugh
story tale
quiz trivia
birthday bday
phone mobile cell telephone
call phone ring dial
voicemail voice
current now present today
latest recent newest last
all every everything each whole entire
history past previous earlier log
upcoming next future coming
status state progress condition doing
detail info information details about more
name called title named
size big large
old older stale
empty clear
duplicate dupe copy
location place where
route directions direction navigate way
distance far
map maps
time clock hour
date day
timer countdown
duration long length
stock share equity ticker
loan credit mortgage
deal opportunity lead prospect
quote estimate quotation proposal
contract agreement
signature sign
form survey questionnaire
comment remark feedback
rating review stars score
label tag category mark flag
important urgent priority critical
star favorite favourite bookmark like
block ban
mute silence quiet
volume sound loud
brightness bright
screenshot capture|screen shot
record capture film
transcribe dictate transcript
correct proofread spelling grammar
recommend suggest advise recommendation idea
random pick choose
`;

const byWord = new Map<string, number[]>();
const byPhrase = new Map<string, number[]>();
groups
  .trim()
  .split('\n')
  .forEach((line, index) => {
    const [words = '', ...phrases] = line.split('|');
    for (const word of words.split(' ')) {
      const key = stem(word);
      byWord.set(key, [...new Set([...(byWord.get(key) ?? []), index])]);
    }
    for (const phrase of phrases) byPhrase.set(phrase, [...(byPhrase.get(phrase) ?? []), index]);
  });

/** The meanings of one stem, as numbers. */
export function conceptsOf(root: string): readonly number[] {
  return byWord.get(root) ?? [];
}

/** The meanings of words side by side, such as `get rid of`: phrases of two to four words. */
export function phraseConcepts(norms: readonly string[]): number[] {
  const found: number[] = [];
  for (let at = 0; at < norms.length; at++) {
    for (let length = 2; length <= 4 && at + length <= norms.length; length++) {
      found.push(...(byPhrase.get(norms.slice(at, at + length).join(' ')) ?? []));
    }
  }
  return found;
}
