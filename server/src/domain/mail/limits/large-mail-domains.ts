/*
 * Domains at which so many unrelated people have their mailboxes that no count of a day says anything about one of them. Mailboxes
 * there are not made by the sender of a mail, as those of a catch-all domain are.
 */
const NAMES = `
gmail.com googlemail.com
outlook.com outlook.de outlook.es outlook.fr outlook.it outlook.jp outlook.pt outlook.com.br hotmail.com hotmail.be hotmail.ca
hotmail.co.uk hotmail.com.br hotmail.de hotmail.es hotmail.fr hotmail.it hotmail.nl hotmail.se live.com live.be live.ca live.co.uk
live.com.au live.com.mx live.de live.dk live.fr live.it live.nl live.no live.se msn.com passport.com
yahoo.com yahoo.ca yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.nz yahoo.co.uk yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.hk
yahoo.com.mx yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.com.vn yahoo.de yahoo.dk yahoo.es yahoo.fr yahoo.gr yahoo.ie
yahoo.in yahoo.it yahoo.no yahoo.pl yahoo.ro yahoo.se ymail.com rocketmail.com myyahoo.com aol.com aim.com
icloud.com me.com mac.com privaterelay.appleid.com
proton.me protonmail.com protonmail.ch pm.me tuta.com tutanota.com tutanota.de tutamail.com tuta.io keemail.me
fastmail.com fastmail.fm hushmail.com zoho.com zohomail.com zohomail.eu hey.com mail.com email.com usa.com inbox.com
duck.com mozmail.com slmail.me passmail.net simplelogin.com simplelogin.co relay.firefox.com
gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.fr gmx.co.uk gmx.us web.de t-online.de freenet.de arcor.de online.de posteo.de posteo.net
mailbox.org vodafone.de 1und1.de
bluewin.ch sunrise.ch hispeed.ch a1.net aon.at chello.at utanet.at
orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr numericable.fr club-internet.fr caramail.com
libero.it virgilio.it tin.it alice.it tim.it tiscali.it fastwebnet.it email.it iol.it inwind.it
telefonica.net terra.es movistar.es ono.com sapo.pt iol.pt
ziggo.nl kpnmail.nl kpnplanet.nl planet.nl home.nl hetnet.nl xs4all.nl telenet.be skynet.be proximus.be
btinternet.com btopenworld.com sky.com virginmedia.com ntlworld.com blueyonder.co.uk talktalk.net tiscali.co.uk plusnet.com
eircom.net
telia.com bredband.net spray.se tele2.se online.no mail.dk stofanet.dk hotmail.dk kolumbus.fi elisanet.fi luukku.com
wp.pl o2.pl onet.pl op.pl interia.pl gazeta.pl poczta.fm vp.pl tlen.pl seznam.cz email.cz post.cz centrum.cz volny.cz centrum.sk
azet.sk zoznam.sk freemail.hu citromail.hu t-online.hu abv.bg mail.bg dir.bg inbox.lv one.lv mail.ee hot.ee
mail.ru inbox.ru list.ru bk.ru internet.ru vk.com yandex.ru yandex.com yandex.by yandex.kz yandex.ua ya.ru rambler.ru lenta.ru
ro.ru ukr.net i.ua meta.ua bigmir.net
qq.com foxmail.com 163.com 126.com yeah.net 139.com 189.cn sina.com sina.cn sohu.com aliyun.com naver.com hanmail.net daum.net
kakao.com nate.com docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp nifty.com biglobe.ne.jp ocn.ne.jp plala.or.jp
rediffmail.com sify.com in.com singnet.com.sg pchome.com.tw hinet.net
uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com oi.com.br r7.com prodigy.net.mx speedy.com.ar fibertel.com.ar
arnet.com.ar ciudad.com.ar
comcast.net xfinity.com verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net spectrum.net rr.com roadrunner.com
twc.com optonline.net optimum.net earthlink.net mindspring.com juno.com netzero.net frontier.com frontiernet.net windstream.net
centurylink.net q.com suddenlink.net mediacombb.net
rogers.com shaw.ca sympatico.ca bell.net telus.net videotron.ca cogeco.ca
bigpond.com bigpond.net.au optusnet.com.au tpg.com.au iinet.net.au internode.on.net xtra.co.nz
mweb.co.za telkomsa.net vodamail.co.za webmail.co.za walla.com walla.co.il netvision.net.il
`;

export const LARGE_MAIL_DOMAINS: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/));
