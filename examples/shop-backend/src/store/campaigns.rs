//! Campaigns, their customers, and the messages that went out or are due.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use repurchase::act::campaign::Group;
use repurchase::act::contact::{Channel, ContactRules, Touch};
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};
use tokio::task::spawn_blocking;

use super::sql::{Sql, Value};
use super::{AT_A_TIME, Dialect, Store, StoreError, in_attempts};
use crate::campaign::{Campaign, Member};
use crate::config::Clock;
use crate::scan::Chosen;

/// A campaign with when it was made.
#[derive(Debug, Clone)]
pub(crate) struct StoredCampaign {
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) campaign: Campaign,
}

impl Store {
    pub(crate) async fn contact_rules(&self) -> Result<ContactRules, StoreError> {
        rules(&sqlx::query("SELECT rules FROM contact_rules").fetch_one(&self.reads).await?)
    }

    pub(crate) async fn set_contact_rules(&self, rules: &ContactRules) -> Result<(), StoreError> {
        let text = serde_json::to_string(rules).map_err(|error| StoreError::corrupt("contact rules", "", &error))?;
        sqlx::query("UPDATE contact_rules SET rules = $1").bind(text).execute(&self.writes).await?;
        Ok(())
    }

    /// Makes a campaign of an audience: `false` when there is one of its name.
    pub(crate) async fn add_campaign(
        &self,
        campaign: &Campaign,
        audience: &[Chosen],
        clock: &Clock,
    ) -> Result<bool, StoreError> {
        in_attempts!(self.try_add_campaign(campaign, audience, clock))
    }

    async fn try_add_campaign(
        &self,
        campaign: &Campaign,
        audience: &[Chosen],
        clock: &Clock,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        // Two campaigns that are made at once see each other's messages: one waits here.
        let lock = if self.dialect == Dialect::Postgres { " FOR UPDATE" } else { "" };
        let mut select = Sql::new("SELECT rules FROM contact_rules");
        select.push(lock);
        let rules = rules(&select.query().fetch_one(&mut *transaction).await?)?;
        let stored = serde_json::to_string(campaign);
        let stored = stored.map_err(|error| StoreError::corrupt("campaign", campaign.name(), &error))?;
        let insert = "INSERT INTO campaigns (name, created_at, campaign) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let insert = sqlx::query(insert).bind(campaign.name()).bind(Utc::now().timestamp_micros()).bind(stored);
        if insert.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let caps = rules.caps().iter().chain(rules.channel_caps(&campaign.channel));
        let longest = caps.map(|cap| i64::from(cap.days())).max().unwrap_or(0).min(36_600) + 2;
        let since = campaign.send_at.timestamp_micros() - longest * 86_400_000_000;
        let touches = touches_since(&mut transaction, since).await?;
        let end = campaign.window().map_err(|error| StoreError::corrupt("campaign", campaign.name(), &error))?.end();
        let until = DateTime::from_timestamp_micros(self.midnight(end)).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let (planned, audience, clock) = (campaign.clone(), audience.to_vec(), clock.clone());
        let planning = spawn_blocking(move || planned.members(audience, &rules, touches, until, &clock));
        let members = planning.await.map_err(|error| StoreError::corrupt("campaign", campaign.name(), &error))?;
        let members = members.map_err(|error| StoreError::corrupt("campaign", campaign.name(), &error))?;
        add_members(&mut transaction, campaign, &members).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// All campaigns, the newest first.
    pub(crate) async fn campaigns(&self, limit: i64) -> Result<Vec<StoredCampaign>, StoreError> {
        let select = "SELECT name, created_at, campaign FROM campaigns ORDER BY created_at DESC, name LIMIT $1";
        sqlx::query(select).bind(limit).fetch_all(&self.reads).await?.iter().map(campaign).collect()
    }

    pub(crate) async fn campaign(&self, name: &str) -> Result<Option<StoredCampaign>, StoreError> {
        let select = "SELECT name, created_at, campaign FROM campaigns WHERE name = $1";
        sqlx::query(select).bind(name).fetch_optional(&self.reads).await?.as_ref().map(campaign).transpose()
    }

    /// The customers of a campaign, by the name under which each is known now.
    pub(crate) async fn members(&self, name: &str) -> Result<Vec<Member>, StoreError> {
        let select = "SELECT COALESCE(known.known_as, member.customer_id), member.is_control, member.send_at, \
                      member.suppressed, member.segment FROM campaign_members AS member \
                      LEFT JOIN customers AS known ON known.customer_id = member.customer_id WHERE member.campaign = $1 ORDER BY member.customer_id";
        let rows = sqlx::query(select).bind(name).fetch_all(&self.reads).await?;
        rows.iter().map(member).collect()
    }

    /// Forgets a campaign whose messages have not gone out.
    pub(crate) async fn delete_campaign(&self, name: &str) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for delete in [
            "DELETE FROM campaigns WHERE name = $1",
            "DELETE FROM campaign_members WHERE campaign = $1",
            "DELETE FROM touches WHERE campaign = $1",
        ] {
            sqlx::query(delete).bind(name).execute(&mut *transaction).await?;
        }
        self.commit(transaction).await
    }

    /// Messages of no campaign; how many were not known.
    pub(crate) async fn add_touches(&self, touches: &[Touch<String>]) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let added = insert_touches(&mut transaction, "", touches).await?;
        self.commit(transaction).await?;
        Ok(added)
    }
}

async fn touches_since(transaction: &mut Transaction<'static, Any>, at: i64) -> Result<Vec<Touch<String>>, StoreError> {
    let select = "SELECT COALESCE(known.known_as, touch.customer_id), touch.channel, touch.at FROM touches AS touch \
                  LEFT JOIN customers AS known ON known.customer_id = touch.customer_id WHERE touch.at >= $1";
    let rows = sqlx::query(select).bind(at).fetch_all(&mut **transaction).await?;
    let touch = |row: &AnyRow| {
        let (customer, channel, at): (String, String, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok(Touch::new(customer, Channel::new(channel), DateTime::from_timestamp_micros(at).unwrap_or_default()))
    };
    rows.iter().map(touch).collect()
}

async fn add_members(
    transaction: &mut Transaction<'static, Any>,
    campaign: &Campaign,
    members: &[Member],
) -> Result<(), StoreError> {
    for members in members.chunks(AT_A_TIME) {
        let mut insert = Sql::new("INSERT INTO campaign_members ");
        insert.push("(campaign, customer_id, is_control, send_at, suppressed, segment) VALUES ");
        let mut rows = Vec::with_capacity(members.len());
        for Member { customer_id, group, send_at, suppressed, segment } in members {
            let suppressed = suppressed.as_ref().map(serde_json::to_string).transpose();
            let suppressed = suppressed.map_err(|error| StoreError::corrupt("campaign", campaign.name(), &error))?;
            rows.push([
                Value::from(campaign.name()),
                customer_id.as_str().into(),
                i64::from(*group == Group::Control).into(),
                send_at.map(|at| at.timestamp_micros()).into(),
                suppressed.into(),
                segment.clone().into(),
            ]);
        }
        insert.rows(rows);
        insert.query().execute(&mut **transaction).await?;
    }
    let touch =
        |member: &Member| Some(Touch::new(member.customer_id.clone(), campaign.channel.clone(), member.send_at?));
    let touches: Vec<_> = members.iter().filter_map(touch).collect();
    insert_touches(transaction, campaign.name(), &touches).await?;
    Ok(())
}

async fn insert_touches(
    transaction: &mut Transaction<'static, Any>,
    campaign: &str,
    touches: &[Touch<String>],
) -> Result<u64, StoreError> {
    let mut added = 0;
    for touches in touches.chunks(AT_A_TIME) {
        let mut insert = Sql::new("INSERT INTO touches (customer_id, channel, at, campaign) VALUES ");
        let row = |touch: &Touch<String>| {
            let at = touch.at.timestamp_micros();
            [Value::from(touch.customer.as_str()), touch.channel.key().into(), at.into(), campaign.into()]
        };
        insert.rows(touches.iter().map(row)).push(" ON CONFLICT DO NOTHING");
        added += insert.query().execute(&mut **transaction).await?.rows_affected();
    }
    Ok(added)
}

/// Takes a person out of campaigns, messages, points, activities and memberships.
pub(super) async fn forget_contacts(
    transaction: &mut Transaction<'static, Any>,
    ids: &BTreeSet<String>,
) -> Result<(), StoreError> {
    for table in ["campaign_members", "touches", "points", "activities", "memberships", "visits"] {
        let mut delete = Sql::new("DELETE FROM ");
        delete.push(table).push(" WHERE customer_id IN ").list(ids.iter().map(String::as_str));
        delete.query().execute(&mut **transaction).await?;
    }
    Ok(())
}

fn rules(row: &AnyRow) -> Result<ContactRules, StoreError> {
    serde_json::from_str(row.try_get(0)?).map_err(|error| StoreError::corrupt("contact rules", "", &error))
}

fn campaign(row: &AnyRow) -> Result<StoredCampaign, StoreError> {
    let (name, created_at): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
    let campaign = serde_json::from_str(row.try_get(2)?);
    let campaign = campaign.map_err(|error| StoreError::corrupt("campaign", &name, &error))?;
    Ok(StoredCampaign { created_at: DateTime::from_timestamp_micros(created_at).unwrap_or_default(), campaign })
}

fn member(row: &AnyRow) -> Result<Member, StoreError> {
    let (customer_id, is_control): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
    let (send_at, suppressed): (Option<i64>, Option<String>) = (row.try_get(2)?, row.try_get(3)?);
    let suppressed = suppressed.map(|text| serde_json::from_str(&text)).transpose();
    let suppressed = suppressed.map_err(|error| StoreError::corrupt("campaign", &customer_id, &error))?;
    let group = if is_control == 0 { Group::Treated } else { Group::Control };
    let send_at = send_at.and_then(DateTime::from_timestamp_micros);
    Ok(Member { customer_id, group, send_at, suppressed, segment: row.try_get(4)? })
}
