//! A server that does nothing but the SELECT: what HTTP, a pool and a query cost before anybody asks for labels.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use sqlx::AnyPool;
use tokio::net::TcpListener;

use crate::Failure;
use crate::plain::pool;

pub(crate) async fn serve(url: &str, address: SocketAddr) -> Result<(), Failure> {
    let router = Router::new().route("/customers/{id}", get(customer)).with_state(pool(url, 4).await?);
    Ok(axum::serve(TcpListener::bind(address).await?, router).await?)
}

async fn customer(State(pool): State<AnyPool>, Path(id): Path<String>) -> Result<impl IntoResponse, StatusCode> {
    let select = sqlx::query_scalar::<_, String>("SELECT history FROM customers WHERE customer_id = $1").bind(id);
    let history = select.fetch_one(&pool).await.map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(([(CONTENT_TYPE, "application/json")], history))
}
