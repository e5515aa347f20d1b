//! What people complain of: goods and services, what went wrong, in words that differ from case to case.

use domain::complaint::case::{CaseKind, Demand};

use super::Dice;

/// What one kind of complaint is made of: the trade, its category, how many of a thousand, its goods, the problem's category, what went
/// wrong, what is asked for.
pub(super) struct Story {
    pub(super) trade: &'static str,
    pub(super) category: &'static str,
    pub(super) weight: usize,
    pub(super) goods: &'static [&'static str],
    pub(super) problem: &'static str,
    pub(super) wrong: &'static [&'static str],
    pub(super) demand: Demand,
    /// The usual amount, in yuan.
    pub(super) amount: i64,
}

#[rustfmt::skip]
pub(super) const STORIES: &[Story] = &[
    story("家电行", "g06", 90, &["电饭煲", "空调", "热水器", "洗衣机", "油烟机"], "p01", &["用了三天就不工作，要求自己寄回厂家", "上门修了两次又坏，配件一直说没有货", "保修卡上的电话打不通，不肯上门"], Demand::Exchange, 1200),
    story("通讯店", "g07", 85, &["手机", "平板电脑", "蓝牙耳机", "笔记本电脑"], "p01", &["七天内屏幕出现竖线，以摔过为由不给换", "充不进电，送修一个月没有回音", "激活日期早于购买日期，怀疑是旧机翻新"], Demand::Exchange, 2600),
    story("车行", "g08", 60, &["电动自行车", "二手轿车", "摩托车"], "p02", &["续航和宣传的差一半，修了两次没有解决", "提车后发现有补漆和更换零件", "刹车异响，检测说是装配问题"], Demand::Repair, 4200),
    story("服饰店", "g04", 80, &["羽绒服", "皮鞋", "羊毛衫", "校服"], "p02", &["标的含绒量和检测不符，洗一次就结块漏绒", "穿了一周鞋底断裂", "掉色严重，把别的衣服染了"], Demand::Return, 380),
    story("超市", "g01", 95, &["袋装牛奶", "鸡蛋", "面包", "食用油", "速冻水饺"], "p03", &["买回家发现已经过了保质期两天", "拆开看到霉斑，小票还在", "标签上的生产日期被涂改过"], Demand::Refund, 65),
    story("糕点铺", "g01", 45, &["散装月饼", "生日蛋糕", "绿豆糕"], "p03", &["没有标明生产日期和配料，吃后拉肚子", "里面吃出头发", "奶油发酸，孩子吃了呕吐"], Demand::Damages, 180),
    story("茶业", "g02", 35, &["茶叶", "白酒礼盒", "蜂蜜"], "p04", &["直播说是当年新茶，收到的是碎末", "宣传有保健功效，包装上没有任何批准文号", "标的产地和扫码查到的不一样"], Demand::Return, 520),
    story("家居馆", "g05", 40, &["沙发", "床垫", "餐桌"], "p02", &["合同写实木，送来的是贴面板", "用了一个月塌陷，商家说是使用不当", "味道很大，要求检测被拒绝"], Demand::Return, 3600),
    story("建材行", "g11", 35, &["木地板", "瓷砖", "防盗门"], "p01", &["铺好两个月起翘开裂，说是暖气的问题", "色差明显，只肯换没有铺的", "锁芯坏了三次，不肯整体更换"], Demand::Repair, 2900),
    story("母婴店", "g10", 30, &["儿童推车", "婴儿床", "奶瓶"], "p10", &["刹车失灵，差点出事", "护栏卡扣断裂，宝宝摔下来", "耐热标注和实际不符，倒开水变形"], Demand::Return, 460),
    story("大药房", "g09", 30, &["面霜", "血压计", "染发膏"], "p08", &["扫码查不到备案号，用后过敏", "读数和医院差二十多", "成分表和备案的不一致"], Demand::Return, 290),
    story("宠物店", "g12", 15, &["幼猫", "狗粮"], "p02", &["接回家三天发病，检查是入店前感染", "袋里有虫"], Demand::Refund, 1500),
    story("酒楼", "s01", 80, &["婚宴", "年夜饭", "包间消费", "酒店客房"], "p06", &["合同写明不另收服务费，结账多收一成", "最低消费事先没有告知", "预订的房间被取消，订金不退"], Demand::Refund, 900),
    story("美容院", "s02", 55, &["美容套餐", "烫染", "祛斑项目"], "p09", &["宣传三次见效，做完脸部红肿", "项目做到一半加价，不加不给洗", "办卡时说可以退，现在只肯换项目"], Demand::Damages, 1980),
    story("健身馆", "s03", 70, &["健身年卡", "游泳卡", "私教课"], "p05", &["停业装修后一直不开，余额不退", "换了老板，说以前的卡不认", "私教离职，没人接课也不退费"], Demand::Refund, 2400),
    story("培训中心", "s04", 55, &["英语课程", "舞蹈课", "驾校报名费"], "p05", &["报名时说随时可退，只肯退三成", "上课地点搬到别的镇，去不了", "约不到训练时间，拖了大半年"], Demand::Refund, 3200),
    story("洗衣坊", "s05", 30, &["大衣干洗", "皮衣护理", "地毯清洗"], "p01", &["洗后缩水，只肯赔洗衣费", "取回发现多了一个洞", "丢了一件，按原价的三成赔"], Demand::Damages, 420),
    story("网店", "s06", 50, &["网购水果", "直播间秒杀的锅具", "网购童装"], "p01", &["收到烂了一半，申请退款被拒", "不发货，过几天自动退款", "赠品没有寄，客服不回复"], Demand::Refund, 130),
    story("停车场", "s07", 15, &["停车费"], "p06", &["公示每小时两元，实际按四元收", "没有公示牌，出场才知道涨价"], Demand::Refund, 24),
    story("菜市场摊位", "g01", 25, &["鲜肉", "海鲜", "水果"], "p07", &["回家复秤少了一两半", "用冰块和袋子压秤", "换了电子秤还是少"], Demand::Refund, 46),
];

#[allow(clippy::too_many_arguments, reason = "one line of the table")]
const fn story(
    trade: &'static str,
    category: &'static str,
    weight: usize,
    goods: &'static [&'static str],
    problem: &'static str,
    wrong: &'static [&'static str],
    demand: Demand,
    amount: i64,
) -> Story {
    Story { trade, category, weight, goods, problem, wrong, demand, amount }
}

/// The names over the doors.
const NAMES: &[&str] = &[
    "好来", "晴川", "织云", "跃动", "飞驰", "星河", "临湖", "花间", "贝贝", "桂香", "恒居", "启航", "净衣", "山岚",
    "丽人", "南桥", "聚福", "顺达", "金穗", "知味", "瑞丰", "乐家", "汇鑫", "青竹",
];
const BEGINNINGS: &[&str] = &[
    "上周在{店}买了{物}，",
    "我妈在{店}买的{物}，",
    "本人于前几天到{店}消费{物}，",
    "朋友介绍去{店}，订了{物}，",
    "{店}做活动时下单的{物}，",
    "看广告到{店}付款买了{物}，",
    "这个月在{店}的{物}，",
    "春节前在{店}定的{物}，",
];
const ANSWERS: &[&str] = &[
    "找店里说等老板回来再讲",
    "店长推给厂家，厂家又推回店里",
    "打了四次电话都说在处理",
    "对方说票据不全不认账",
    "当面吵了一架也没有结果",
    "微信发消息一直不回",
    "只答应送一张优惠券",
    "说过了时间概不负责",
    "让我自己去检测，费用自理",
    "承认有问题，但不肯赔",
];
const ENDINGS: &[&str] = &[
    "请帮忙协调",
    "希望尽快给个说法",
    "票据和照片都有",
    "聊天记录可以提供",
    "要求按规定处理",
    "家里老人不方便跑，请电话联系",
    "愿意当面调解",
    "不解决就一直反映",
];

/// A story, as often as its weight says.
pub(super) fn choose(dice: &mut Dice) -> Option<&'static Story> {
    let all: usize = STORIES.iter().map(|it| it.weight).sum();
    let mut at = dice.roll(all);
    STORIES.iter().find(|it| {
        let is_here = at < it.weight;
        at = at.saturating_sub(it.weight);
        is_here
    })
}

/// A firm of the trade: a few have many customers, most have some.
pub(super) fn firm(dice: &mut Dice, story: &Story) -> String {
    // The smallest of some rolls is small more often.
    let at = (0..4).map(|_| dice.roll(NAMES.len())).min().unwrap_or(0);
    let shift = story.trade.len() % NAMES.len();
    let name = NAMES.get((at + shift) % NAMES.len()).copied().unwrap_or("好来");
    format!("云溪县{name}{}", story.trade)
}

/// The words of one case.
pub(super) fn text(dice: &mut Dice, kind: CaseKind, story: &Story, firm: &str, goods: &str) -> String {
    let mut one = |all: &'static [&'static str]| dice.one_of(all).copied().unwrap_or_default();
    let wrong = one(story.wrong);
    match kind {
        CaseKind::Complaint => {
            let beginning = one(BEGINNINGS).replace("{店}", firm).replace("{物}", goods);
            format!("{beginning}{wrong}。{}，{}。", one(ANSWERS), one(ENDINGS))
        }
        CaseKind::Tipoff => {
            let seen = one(&["本人亲眼看到", "有照片为证", "同事也遇到过", "门店现在还在卖", "已保留实物", "附视频"]);
            format!("反映{firm}的{goods}：{wrong}，{seen}，请依法查处。")
        }
        CaseKind::Inquiry => {
            let ask = one(&["该找谁", "能退多少", "要带什么材料", "多久有结果", "可以要求赔偿吗", "过了七天还能退吗"]);
            format!("咨询{goods}的问题：{wrong}，{ask}？{}。", one(ENDINGS))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_story_is_told_and_firms_differ() {
        let mut dice = Dice(1);
        let told: std::collections::BTreeSet<&str> =
            (0..3000).filter_map(|_| choose(&mut dice)).map(|it| it.trade).collect();
        assert_eq!(told.len(), STORIES.len());
        let firms: std::collections::BTreeSet<String> = (0..400).map(|_| firm(&mut dice, &STORIES[0])).collect();
        assert!(firms.len() > 10, "{firms:?}");
    }
}
