-- Complaints, tip-offs and inquiries (投诉、举报、咨询), their running numbers, their classification, their links.
-- New tables only: locks nothing. Undo: drop the tables in reverse order.
create table complaint_ordinal (
  complaint_ordinal_id text primary key,
  n bigint not null
);

create table complaint_category (
  code text primary key,
  side text not null check (side in ('goods', 'service', 'problem')),
  parent text not null,
  name text not null,
  platform_name text not null,
  sort_key bigint not null,
  is_active bigint not null check (is_active in (0, 1)),
  valid_from text not null,
  valid_until text,
  version bigint not null
);

-- Personal data stand sealed in `consumer_cipher`; the hashes beside it are keyed and find exact values only.
-- `state` and the columns of the clocks are caches of the events: `xiaobao check` compares them.
create table complaint (
  complaint_id text primary key,
  ordinal bigint not null,
  number text not null,
  submission_id text not null,
  kind text not null check (kind in ('complaint', 'report', 'inquiry')),
  channel text not null,
  external_number text,
  status text not null,
  is_open bigint not null check (is_open in (0, 1)),
  unit_id text references unit (unit_id),
  handler_id text references person (person_id),
  received_on text not null,
  received_at text not null,
  due_on text,
  due_term text not null,
  desk_at text,
  -- The end of the next due day or the desk's moment, whichever comes first; what is over or has no date sorts last.
  sort_at text not null,
  closed_on text,
  outcome text,
  recovered_fen bigint,
  satisfaction text,
  needs_leader bigint not null check (needs_leader in (0, 1)),
  state text not null,
  consumer_cipher text not null,
  phone_hash text not null,
  name_hash text not null,
  address_hash text not null,
  business_name text not null,
  business_key text not null,
  credit_code text not null,
  category text not null,
  problem text not null,
  amount_fen bigint,
  particulars text not null,
  person_id text references person (person_id),
  client_key text,
  version bigint not null
);
create unique index complaint_number on complaint (number);
create unique index complaint_of_ordinal on complaint (ordinal);
-- The number of the other platform is known once for each kind of matter: what comes twice is the same.
create unique index complaint_external on complaint (external_number, kind);
create unique index complaint_client_key on complaint (client_key);
create index complaint_queue on complaint (is_open, sort_at, ordinal);
create index complaint_unit_queue on complaint (unit_id, is_open, sort_at, ordinal);
create index complaint_handler_queue on complaint (handler_id, is_open, sort_at, ordinal);
create index complaint_status on complaint (status, sort_at, ordinal);
create index complaint_leader on complaint (needs_leader, sort_at, ordinal);
create index complaint_submission on complaint (submission_id);
create index complaint_phone on complaint (phone_hash, ordinal);
create index complaint_name on complaint (name_hash, ordinal);
create index complaint_address on complaint (address_hash, ordinal);
create index complaint_business on complaint (business_key, ordinal);
create index complaint_received on complaint (received_on, kind, ordinal);

create table complaint_link (
  complaint_id text not null references complaint (complaint_id),
  other_id text not null references complaint (complaint_id),
  primary key (complaint_id, other_id)
);
create index complaint_link_other on complaint_link (other_id);

-- Letters as they were made: the words of that day, whatever becomes of the template.
create table complaint_letter (
  complaint_letter_id text primary key,
  complaint_id text not null references complaint (complaint_id),
  kind text not null,
  number text not null,
  title text not null,
  body_cipher text not null,
  made_at text not null,
  person_id text not null references person (person_id)
);
create unique index complaint_letter_number on complaint_letter (number);
create index complaint_letter_of on complaint_letter (complaint_id, made_at);

create table api_token (
  token_hash text primary key,
  person_id text not null references person (person_id),
  created_at text not null,
  is_active bigint not null check (is_active in (0, 1))
);

insert into complaint_category (code, side, parent, name, platform_name, sort_key, is_active, valid_from, valid_until, version) values
  ('g01', 'goods', '', '普通食品', '一般食品、普通食品', 1, 1, '2026-04-15', null, 1),
  ('g02', 'goods', '', '酒水饮料', '烟、酒和饮料、酒、饮料', 2, 1, '2026-04-15', null, 1),
  ('g03', 'goods', '', '保健食品与特殊食品', '保健食品、特殊食品', 3, 1, '2026-04-15', null, 1),
  ('g04', 'goods', '', '服装鞋帽', '服装、鞋帽', 4, 1, '2026-04-15', null, 1),
  ('g05', 'goods', '', '家居用品', '家居用品、家具', 5, 1, '2026-04-15', null, 1),
  ('g06', 'goods', '', '家用电器', '家用电器', 6, 1, '2026-04-15', null, 1),
  ('g07', 'goods', '', '手机电脑等数码产品', '通讯产品、计算机产品', 7, 1, '2026-04-15', null, 1),
  ('g08', 'goods', '', '交通工具', '交通工具', 8, 1, '2026-04-15', null, 1),
  ('g09', 'goods', '', '药品医疗器械化妆品', '药品、医疗器械、化妆品', 9, 1, '2026-04-15', null, 1),
  ('g10', 'goods', '', '儿童用品', '儿童用品', 10, 1, '2026-04-15', null, 1),
  ('g11', 'goods', '', '装修建材', '装修建材', 11, 1, '2026-04-15', null, 1),
  ('g12', 'goods', '', '宠物及用品', '宠物及宠物用品', 12, 1, '2026-04-15', null, 1),
  ('g99', 'goods', '', '其他商品', '其他商品', 99, 1, '2026-04-15', null, 1),
  ('s01', 'service', '', '餐饮住宿', '餐饮和住宿服务、餐饮服务', 1, 1, '2026-04-15', null, 1),
  ('s02', 'service', '', '美容美发洗浴', '美容、美发、洗浴服务', 2, 1, '2026-04-15', null, 1),
  ('s03', 'service', '', '文化娱乐体育', '文化、娱乐、体育服务', 3, 1, '2026-04-15', null, 1),
  ('s04', 'service', '', '教育培训', '教育、培训服务', 4, 1, '2026-04-15', null, 1),
  ('s05', 'service', '', '制作保养修理', '制作、保养和修理服务', 5, 1, '2026-04-15', null, 1),
  ('s06', 'service', '', '销售与网购', '销售服务、互联网服务', 6, 1, '2026-04-15', null, 1),
  ('s07', 'service', '', '停车与公用', '停车服务、公用事业', 7, 1, '2026-04-15', null, 1),
  ('s99', 'service', '', '其他服务', '其他服务', 99, 1, '2026-04-15', null, 1),
  ('p01', 'problem', '', '售后服务', '售后服务', 1, 1, '2026-04-15', null, 1),
  ('p02', 'problem', '', '质量', '质量、冒充合格产品、在产品中以假充真、在产品中以次充好', 2, 1, '2026-04-15', null, 1),
  ('p03', 'problem', '', '食品安全', '食品安全', 3, 1, '2026-04-15', null, 1),
  ('p04', 'problem', '', '广告与虚假宣传', '广告、虚假宣传', 4, 1, '2026-04-15', null, 1),
  ('p05', 'problem', '', '合同与预付卡', '合同', 5, 1, '2026-04-15', null, 1),
  ('p06', 'problem', '', '价格', '价格、市场调节价问题、不执行政府指导价、政府定价的行为', 6, 1, '2026-04-15', null, 1),
  ('p07', 'problem', '', '计量', '计量', 7, 1, '2026-04-15', null, 1),
  ('p08', 'problem', '', '假冒与商标', '商标、假冒', 8, 1, '2026-04-15', null, 1),
  ('p09', 'problem', '', '人身权利', '人身权利、接受服务时人身、财产安全受损害、其他人身权利问题', 9, 1, '2026-04-15', null, 1),
  ('p10', 'problem', '', '特种设备与产品安全', '安全', 10, 1, '2026-04-15', null, 1),
  ('p99', 'problem', '', '其他问题', '其他投诉问题', 99, 1, '2026-04-15', null, 1);
